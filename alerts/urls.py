"""Addresses of the pages of alerts."""

from django.urls import path

from alerts import views

urlpatterns = [
    path("alerts/", views.alert_list, name="alert-list"),
    path("alerts/rules/", views.rule_list, name="alert-rules"),
    path("alerts/rules/<str:code>/", views.rule_change, name="alert-rule-change"),
    path("alerts/<str:code>/", views.alert_detail, name="alert-detail"),
    path("alerts/<str:code>/acknowledge/", views.alert_acknowledge, name="alert-acknowledge"),
    path("alerts/<str:code>/close/", views.alert_close, name="alert-close"),
]
