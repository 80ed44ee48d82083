"""Addresses of the pages that look across apps."""

from django.urls import path

from dashboards.views import home, live, scorecard

urlpatterns = [
    path("", home.home, name="home"),
    path("at-a-glance/objectives/", home.objectives, name="home-objectives"),
    path("at-a-glance/news/", home.news, name="home-news"),
    path("at-a-glance/course/", home.course, name="home-course"),
    path("at-a-glance/heat-map/", home.heatmap, name="home-heatmap"),
    path("at-a-glance/seen/", home.mark_seen, name="home-seen"),
    path("live/", live.live, name="live"),
    path("departments/", scorecard.departments, name="department-list"),
    path("departments/<str:code>/", scorecard.scorecard_page, name="scorecard"),
    path("departments/<str:code>/scorecard.csv", scorecard.scorecard_csv, name="scorecard-csv"),
]
