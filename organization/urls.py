"""Addresses of the doors."""

from django.urls import path

from organization import views

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
    path("switch-organization/", views.switch_organization, name="switch-organization"),
]
