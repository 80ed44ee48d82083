"""Addresses of the pages of initiatives."""

from django.urls import path

from initiatives.views.definition import initiative_delete, initiative_edit, initiative_new
from initiatives.views.pages import initiative_detail, initiative_list, status_update

urlpatterns = [
    path("initiatives/", initiative_list, name="initiative-list"),
    path("initiatives/new/", initiative_new, name="initiative-new"),
    path("initiatives/<str:code>/", initiative_detail, name="initiative-detail"),
    path("initiatives/<str:code>/edit/", initiative_edit, name="initiative-edit"),
    path("initiatives/<str:code>/delete/", initiative_delete, name="initiative-delete"),
    path("initiatives/<str:code>/status-update/", status_update, name="initiative-status-update"),
]
