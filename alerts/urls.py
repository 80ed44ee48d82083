"""Addresses of the pages of alerts."""

from django.urls import path, re_path

from alerts import views, views_channels, views_messages, views_subscriptions

urlpatterns = [
    path("alerts/", views.alert_list, name="alert-list"),
    path("alerts/rules/", views.rule_list, name="alert-rules"),
    path("alerts/rules/<str:code>/", views.rule_change, name="alert-rule-change"),
    path("alerts/messages/", views_messages.message_list, name="alert-messages"),
    path("alerts/messages/read/", views_messages.messages_read, name="alert-messages-read"),
    path("alerts/deliveries/", views_messages.delivery_list, name="alert-deliveries"),
    path("alerts/deliveries/<uuid:uid>/repeat/", views_messages.delivery_repeat, name="alert-delivery-repeat"),
    path("alerts/subscriptions/", views_subscriptions.subscription_list, name="alert-subscriptions"),
    path("alerts/subscriptions/own/", views_subscriptions.own_mail, name="alert-own-mail"),
    path("alerts/subscriptions/<str:code>/", views_subscriptions.subscription_change, name="alert-subscription"),
    path("alerts/quiet/", views_subscriptions.quiet_add, name="alert-quiet"),
    path("alerts/quiet/<str:code>/delete/", views_subscriptions.quiet_delete, name="alert-quiet-delete"),
    path("alerts/unsubscribe/<str:token>/", views_subscriptions.mail_stop, name="alert-unsubscribe"),
    path("alerts/channels/", views_channels.channel_list, name="alert-channels"),
    path("alerts/channels/subscriptions/", views_channels.channel_subscribe, name="alert-channel-subscribe"),
    path("alerts/channels/<str:code>/", views_channels.channel_change, name="alert-channel"),
    re_path(
        r"^alerts/channels/(?P<code>[^/]+)/(?P<action>test|resume|on|off|renew|delete)/$",
        views_channels.channel_do,
        name="alert-channel-do",
    ),
    path("alerts/<str:code>/", views.alert_detail, name="alert-detail"),
    path("alerts/<str:code>/acknowledge/", views.alert_acknowledge, name="alert-acknowledge"),
    path("alerts/<str:code>/close/", views.alert_close, name="alert-close"),
]
