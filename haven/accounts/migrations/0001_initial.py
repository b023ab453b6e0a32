
import django.contrib.auth.validators
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=64, unique=True, validators=[django.contrib.auth.validators.ASCIIUsernameValidator()])),
                ('display_name', models.CharField(max_length=100)),
                ('component', models.CharField(choices=[('USCIS', 'USCIS'), ('ICE_HSI', 'ICE Homeland Security Investigations'), ('ICE_ERO', 'ICE Enforcement and Removal Operations'), ('ICE_OTHER', 'ICE, other'), ('CBP', 'CBP'), ('DHS_OIG', 'DHS Office of Inspector General'), ('DHS_OTHER', 'DHS, other'), ('DOJ', 'Department of Justice'), ('STATE_DEPT', 'Department of State'), ('HHS', 'Health and Human Services'), ('FEDERAL_LE', 'Other federal law enforcement'), ('SLT_LE', 'State, local or tribal law enforcement'), ('FOREIGN_LE', 'Foreign law enforcement'), ('NATSEC', 'National security'), ('COURT', 'Court'), ('CONGRESS_JUDICIARY', 'Judiciary committees'), ('CONGRESS_OTHER', 'Congress, other'), ('GAO', 'GAO'), ('BENEFIT_AGENCY', 'Benefit agency'), ('NGO_PROVIDER', 'Victim services provider'), ('VICTIM', 'Victim'), ('VICTIM_ATTORNEY', "Victim's attorney"), ('GUARDIAN', 'Guardian'), ('SUBJECT_SIDE', "Subject's side"), ('LITIGANT', 'Litigant'), ('RESEARCHER', 'Researcher'), ('PUBLIC', 'Public'), ('PRESS', 'Press')], max_length=20)),
                ('employee_type', models.CharField(choices=[('sworn_officer', 'Sworn officer'), ('employee', 'Employee'), ('contractor', 'Contractor'), ('task_force', 'Task force officer'), ('detailee_unknown', 'Detailee'), ('not_applicable', 'Not applicable')], max_length=20)),
                ('role', models.CharField(choices=[('intake_clerk', 'Intake clerk'), ('annotator', 'Annotator'), ('referral_officer', 'Referral officer'), ('adjudicator', 'Adjudicator'), ('derivative_adjudicator', 'Derivative adjudicator'), ('case_officer', 'Case officer'), ('fdns_officer', 'FDNS officer'), ('supervisor', 'Supervisor'), ('privacy_officer', 'Privacy officer'), ('auditor', 'Auditor'), ('hsi_agent', 'HSI agent'), ('victim_assistance_specialist', 'Victim assistance specialist'), ('attorney', 'Attorney'), ('consular_officer', 'Consular officer'), ('other', 'Other')], max_length=30)),
                ('office', models.CharField(blank=True, help_text='e.g. VSC; the office whose cases are theirs', max_length=20)),
                ('trained_1367', models.DateField(blank=True, help_text='8 U.S.C. 1367 training, last done', null=True)),
                ('trained_trafficking', models.DateField(blank=True, help_text='human trafficking training, last done', null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('demonstration', models.BooleanField(default=False, help_text='made by `haven demo`; its codes can be printed')),
                ('created', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['username'],
            },
        ),
    ]
