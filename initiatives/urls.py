"""Addresses of the pages of initiatives."""

from django.urls import path

from initiatives import views

urlpatterns = [
    path("initiatives/", views.initiative_list, name="initiative-list"),
    path("initiatives/<str:code>/", views.initiative_detail, name="initiative-detail"),
    path("initiatives/<str:code>/status-update/", views.status_update, name="initiative-status-update"),
]
