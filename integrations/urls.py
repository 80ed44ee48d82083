"""Addresses of import and export."""

from django.urls import path

from integrations import views

urlpatterns = [
    path("integrations/", views.exchange, name="exchange"),
    path("integrations/imports/<int:pk>/", views.import_detail, name="import-detail"),
    path("integrations/imports/<int:pk>/confirm/", views.import_decide, {"decision": "confirm"}, name="import-confirm"),
    path("integrations/imports/<int:pk>/discard/", views.import_decide, {"decision": "discard"}, name="import-discard"),
    path("integrations/export/<str:form>/", views.export, name="export"),
]
