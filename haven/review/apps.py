from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "haven.review"
    label = "review"
    verbose_name = "Review pages"
