"""Larger pictures as data for the recipes in static/js/charts; pure."""
