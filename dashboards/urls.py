"""Addresses of the pages that look across apps."""

from django.urls import path

from dashboards.views import (
    alignment,
    changes,
    confidence,
    coverage,
    home,
    live,
    objectives,
    overrides,
    scorecard,
    search,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("at-a-glance/objectives/", home.objectives, name="home-objectives"),
    path("at-a-glance/news/", home.news, name="home-news"),
    path("at-a-glance/course/", home.course, name="home-course"),
    path("at-a-glance/heat-map/", home.heatmap, name="home-heatmap"),
    path("at-a-glance/seen/", home.mark_seen, name="home-seen"),
    path("alignment/", alignment.alignment, name="alignment"),
    path("alignment/map/", alignment.map_again, name="alignment-map"),
    path("alignment/coverage/", alignment.coverage, name="alignment-coverage"),
    path("alignment/gaps/", coverage.figures, name="alignment-gaps"),
    path("alignment/gaps/<str:measure>/", coverage.work_list, name="alignment-gap-list"),
    path("alignment/branches/<str:code>/", alignment.branch, name="alignment-branch"),
    path("search/", search.search, name="search"),
    path("live/", live.live, name="live"),
    path("objectives/", objectives.listing, name="objective-list"),
    path("objectives/confidence/", confidence.confidence, name="objective-confidence"),
    path("objectives/<str:code>/", objectives.detail, name="objective-detail"),
    path("objectives/<str:code>/figures/", objectives.figures, name="objective-figures"),
    path("objectives/<str:code>/why/", objectives.explanation, name="objective-why"),
    path("objectives/<str:code>/why/<str:part>/", objectives.explanation_of_part, name="objective-why-part"),
    path("objectives/<str:code>/changes/", changes.objective_changes, name="objective-changes"),
    path("objectives/<str:code>/said/", objectives.said, name="objective-said"),
    path("objectives/<str:code>/check-ins/", objectives.take_check_in, name="objective-check-in"),
    path("objectives/<str:code>/status/", overrides.set_status, name="objective-status"),
    path("objectives/<str:code>/status/end/", overrides.end_status, name="objective-status-end"),
    path("departments/", scorecard.departments, name="department-list"),
    path("departments/<str:code>/", scorecard.scorecard_page, name="scorecard"),
    path("departments/<str:code>/scorecard.csv", scorecard.scorecard_csv, name="scorecard-csv"),
]
