from django.urls import URLPattern

app_name = "unit"
urlpatterns: list[URLPattern] = []
