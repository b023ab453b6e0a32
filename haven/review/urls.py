"""Addresses of the pages. They hold UUIDs only: no case number, no name (decision 5)."""

from __future__ import annotations

from django.urls import path

from haven.review import case_views, received_views, referral_views, search_views, views

app_name = "review"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("intake/", views.intake, name="intake"),
    path("log/", views.log, name="log"),
    path("search/", search_views.people, name="search"),
    path("me/", views.account, name="account"),
    path("cases/<uuid:case_id>/", case_views.case, name="case"),
    path("cases/<uuid:case_id>/open/", case_views.break_glass, name="break_glass"),
    path("break-glass/<uuid:notice_id>/seen/", case_views.break_glass_seen, name="break_glass_seen"),
    path("cases/<uuid:case_id>/pages/<int:index>/", case_views.case_page, name="case_page"),
    path("cases/<uuid:case_id>/pages/<int:index>/image/", case_views.page_image, name="page_image"),
    path("cases/<uuid:case_id>/values/<uuid:value_id>/confirm/", case_views.confirm, name="confirm"),
    path("cases/<uuid:case_id>/values/<uuid:value_id>/correct/", case_views.correct, name="correct"),
    path("cases/<uuid:case_id>/values/<uuid:value_id>/reject/", case_views.reject, name="reject"),
    path("cases/<uuid:case_id>/values/<uuid:value_id>/keep_back/", case_views.keep_back, name="keep_back"),
    path("cases/<uuid:case_id>/values/<uuid:value_id>/let_go/", case_views.let_go, name="let_go"),
    path("cases/<uuid:case_id>/people/<uuid:person_id>/role/", case_views.role, name="role"),
    path("cases/<uuid:case_id>/add/", case_views.add, name="add"),
    path("cases/<uuid:case_id>/tasks/<uuid:task_id>/", case_views.answer_task, name="answer_task"),
    path("cases/<uuid:case_id>/pages/<int:index>/checked/", case_views.page_checked, name="page_checked"),
    path("cases/<uuid:case_id>/minors/<uuid:notice_id>/rule-out/", case_views.rule_out_minor, name="rule_out_minor"),
    path("cases/<uuid:case_id>/undo/", case_views.undo, name="undo"),
    path("cases/<uuid:case_id>/propose/", referral_views.propose, name="propose"),
    path("packages/", received_views.packages, name="packages"),
    path("packages/<uuid:referral_id>/", received_views.package, name="package"),
    path("packages/<uuid:referral_id>/report/", received_views.package_report, name="package_report"),
    path("referrals/", referral_views.referrals, name="referrals"),
    path("referrals/<uuid:referral_id>/", referral_views.referral, name="referral"),
    path("referrals/<uuid:referral_id>/inspection/", referral_views.inspection, name="inspection"),
    path("referrals/<uuid:referral_id>/release/", referral_views.release, name="release"),
    path("referrals/<uuid:referral_id>/send-back/", referral_views.send_back, name="send_back"),
    path("referrals/<uuid:referral_id>/withdraw/", referral_views.withdraw, name="withdraw"),
    path("referrals/<uuid:referral_id>/pages/<int:index>/", referral_views.referral_paper, name="referral_paper"),
    path("referrals/<uuid:referral_id>/pages/<int:index>/image/", referral_views.referral_image, name="referral_image"),
]
