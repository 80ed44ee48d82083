"""Addresses of the pages of alerts."""

from django.urls import path, re_path

from alerts.views import answers, channels, inbox, messages, rules, subscriptions

urlpatterns = [
    path("alerts/", inbox.alert_list, name="alert-list"),
    path("alerts/rules/", rules.rule_list, name="alert-rules"),
    path("alerts/rules/new/", rules.rule_new, name="alert-rule-new"),
    path("alerts/rules/simulate/", rules.rule_simulate, name="alert-rule-simulate"),
    path("alerts/rules/of/<str:code>/", rules.rules_of_kpi, name="alert-rules-of-kpi"),
    path("alerts/rules/<str:code>/", rules.rule_change, name="alert-rule-change"),
    path("alerts/rules/<str:code>/delete/", rules.rule_delete, name="alert-rule-delete"),
    path("alerts/messages/", messages.message_list, name="alert-messages"),
    path("alerts/messages/read/", messages.messages_read, name="alert-messages-read"),
    path("alerts/deliveries/", messages.delivery_list, name="alert-deliveries"),
    path("alerts/deliveries/<uuid:uid>/repeat/", messages.delivery_repeat, name="alert-delivery-repeat"),
    path("alerts/subscriptions/", subscriptions.subscription_list, name="alert-subscriptions"),
    path("alerts/subscriptions/own/", subscriptions.own_mail, name="alert-own-mail"),
    path("alerts/subscriptions/<str:code>/", subscriptions.subscription_change, name="alert-subscription"),
    path("alerts/quiet/", subscriptions.quiet_add, name="alert-quiet"),
    path("alerts/quiet/<str:code>/delete/", subscriptions.quiet_delete, name="alert-quiet-delete"),
    path("alerts/unsubscribe/<str:token>/", subscriptions.mail_stop, name="alert-unsubscribe"),
    path("alerts/channels/", channels.channel_list, name="alert-channels"),
    path("alerts/channels/subscriptions/", channels.channel_subscribe, name="alert-channel-subscribe"),
    path("alerts/channels/<str:code>/", channels.channel_change, name="alert-channel"),
    re_path(
        r"^alerts/channels/(?P<code>[^/]+)/(?P<action>test|resume|on|off|renew|delete)/$",
        channels.channel_do,
        name="alert-channel-do",
    ),
    path("alerts/<str:code>/", inbox.alert_detail, name="alert-detail"),
    path("alerts/<str:code>/acknowledge/", answers.alert_acknowledge, name="alert-acknowledge"),
    path("alerts/<str:code>/picture/", inbox.alert_picture, name="alert-picture"),
    path("alerts/<str:code>/snooze/", answers.alert_snooze, name="alert-snooze"),
    path("alerts/<str:code>/assign/", answers.alert_assign, name="alert-assign"),
    path("alerts/<str:code>/reopen/", answers.alert_reopen, name="alert-reopen"),
    path("alerts/<str:code>/close/", answers.alert_close, name="alert-close"),
]
