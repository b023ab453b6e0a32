"""Who somebody is, in the words of the gate table (``request`` in gate_table.yaml)."""

from __future__ import annotations

from django.db.models import TextChoices


class Component(TextChoices):
    USCIS = "USCIS", "USCIS"
    ICE_HSI = "ICE_HSI", "ICE Homeland Security Investigations"
    ICE_ERO = "ICE_ERO", "ICE Enforcement and Removal Operations"
    ICE_OTHER = "ICE_OTHER", "ICE, other"
    CBP = "CBP", "CBP"
    DHS_OIG = "DHS_OIG", "DHS Office of Inspector General"
    DHS_OTHER = "DHS_OTHER", "DHS, other"
    DOJ = "DOJ", "Department of Justice"
    STATE_DEPT = "STATE_DEPT", "Department of State"
    HHS = "HHS", "Health and Human Services"
    FEDERAL_LE = "FEDERAL_LE", "Other federal law enforcement"
    SLT_LE = "SLT_LE", "State, local or tribal law enforcement"
    FOREIGN_LE = "FOREIGN_LE", "Foreign law enforcement"
    NATSEC = "NATSEC", "National security"
    COURT = "COURT", "Court"
    CONGRESS_JUDICIARY = "CONGRESS_JUDICIARY", "Judiciary committees"
    CONGRESS_OTHER = "CONGRESS_OTHER", "Congress, other"
    GAO = "GAO", "GAO"
    BENEFIT_AGENCY = "BENEFIT_AGENCY", "Benefit agency"
    NGO_PROVIDER = "NGO_PROVIDER", "Victim services provider"
    VICTIM = "VICTIM", "Victim"
    VICTIM_ATTORNEY = "VICTIM_ATTORNEY", "Victim's attorney"
    GUARDIAN = "GUARDIAN", "Guardian"
    SUBJECT_SIDE = "SUBJECT_SIDE", "Subject's side"
    LITIGANT = "LITIGANT", "Litigant"
    RESEARCHER = "RESEARCHER", "Researcher"
    PUBLIC = "PUBLIC", "Public"
    PRESS = "PRESS", "Press"


class EmployeeType(TextChoices):
    SWORN_OFFICER = "sworn_officer", "Sworn officer"
    EMPLOYEE = "employee", "Employee"
    CONTRACTOR = "contractor", "Contractor"
    TASK_FORCE = "task_force", "Task force officer"
    DETAILEE_UNKNOWN = "detailee_unknown", "Detailee"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


class Role(TextChoices):
    INTAKE_CLERK = "intake_clerk", "Intake clerk"
    ANNOTATOR = "annotator", "Annotator"
    REFERRAL_OFFICER = "referral_officer", "Referral officer"
    ADJUDICATOR = "adjudicator", "Adjudicator"
    DERIVATIVE_ADJUDICATOR = "derivative_adjudicator", "Derivative adjudicator"
    CASE_OFFICER = "case_officer", "Case officer"
    FDNS_OFFICER = "fdns_officer", "FDNS officer"
    SUPERVISOR = "supervisor", "Supervisor"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    AUDITOR = "auditor", "Auditor"
    HSI_AGENT = "hsi_agent", "HSI agent"
    VICTIM_ASSISTANCE_SPECIALIST = "victim_assistance_specialist", "Victim assistance specialist"
    ATTORNEY = "attorney", "Attorney"
    CONSULAR_OFFICER = "consular_officer", "Consular officer"
    OTHER = "other", "Other"
