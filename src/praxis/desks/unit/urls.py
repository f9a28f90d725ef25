"""Addresses of the unit's desk."""

from django.urls import path

from praxis.desks.unit import views

app_name = "unit"
urlpatterns = [
    path("", views.home, name="home"),
    path("<int:unit_id>/", views.unit, name="unit"),
    path("<int:unit_id>/page/", views.page, name="page"),
    path("<int:unit_id>/table/", views.table, name="table"),
    path("<int:unit_id>/table/import/", views.import_table, name="import"),
    path("<int:unit_id>/table/annex-2.xlsx", views.export_table, name="export"),
    path("<int:unit_id>/cases/<str:key>/list/", views.list_case, name="list_case"),
    path("<int:unit_id>/lines/<int:line_id>/", views.line, name="line"),
    path("<int:unit_id>/lines/<int:line_id>/take-back/", views.take_back, name="take_back"),
    path("<int:unit_id>/lines/<int:line_id>/drop/", views.drop, name="drop"),
]
