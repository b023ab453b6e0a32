
import django.db.models.deletion
import django.utils.timezone
import haven.cases.fields
import haven.cases.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('entity', models.CharField(blank=True, help_text='its id in the record; empty = entered by an officer', max_length=12)),
                ('type', models.CharField(choices=[('person', 'Person'), ('org', 'Organisation')], default='person', max_length=6)),
                ('order', models.PositiveIntegerField(default=0)),
                ('confidence', models.FloatField(default=1.0)),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['case', 'order'],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('number', models.CharField(help_text='T-0192; never leaves: the prefix tells the filing', max_length=12, unique=True)),
                ('form', models.CharField(choices=[('T', 'T (I-914)'), ('U', 'U (I-918)'), ('VAWA', 'VAWA')], max_length=4)),
                ('form_known', models.BooleanField(default=False, help_text='a form in the packet says so, or an officer')),
                ('receipt', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('office', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('draft', 'Draft: nothing confirmed'), ('in_review', 'In review'), ('reviewed', 'Reviewed'), ('closed', 'Closed')], default='draft', max_length=12)),
                ('protection', models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('unknown', 'Unknown'), ('withdrawn', 'Withdrawn'), ('revoked', 'Revoked'), ('adjusted', 'Adjusted to permanent resident'), ('pre_filing', 'Before filing'), ('deceased', 'Applicant deceased'), ('denied_final', 'Denied, appeals exhausted'), ('naturalized', 'Naturalized')], default='pending', max_length=12)),
                ('protection_verified', models.DateField(blank=True, help_text='date of the verified final status', null=True)),
                ('pseudonym', models.CharField(default=haven.cases.models.new_pseudonym, editable=False, max_length=9, unique=True)),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('changed', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['-created'],
            },
        ),
        migrations.CreateModel(
            name='CaseNumber',
            fields=[
                ('form', models.CharField(choices=[('T', 'T (I-914)'), ('U', 'U (I-918)'), ('VAWA', 'VAWA')], max_length=4, primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='KeyCheck',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('word', haven.cases.fields.EncryptedText()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Packet',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('content_mac', models.CharField(editable=False, max_length=64, unique=True)),
                ('name', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('office', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('received', 'Received'), ('reading', 'Being read'), ('done', 'Read'), ('failed', 'Could not be read')], default='received', max_length=10)),
                ('error', models.CharField(blank=True, help_text='code, free of personal data', max_length=40)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('received', models.DateTimeField(default=django.utils.timezone.now)),
                ('read', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['received'],
            },
        ),
        migrations.CreateModel(
            name='PageText',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('packet', models.UUIDField(db_index=True)),
                ('text', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('words', haven.cases.fields.EncryptedJSON()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RunRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('packet', models.UUIDField(db_index=True)),
                ('record', haven.cases.fields.EncryptedJSON()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Bystander',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='%(class)s', serialize=False, to='cases.person')),
                ('doubt', models.JSONField(default=list)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('role', models.CharField(choices=[('official', 'Official or helper'), ('other', 'Other')], max_length=12)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProtectedPerson',
            fields=[
                ('doubt', models.JSONField(default=list)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='protected', serialize=False, to='cases.person')),
                ('role', models.CharField(choices=[('applicant', 'Applicant'), ('victim', 'Possible victim'), ('family', 'Family')], max_length=12)),
                ('minor', models.BooleanField(default=False, help_text='read as under 18, or marked by an officer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='person',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='persons', to='cases.case'),
        ),
        migrations.AddField(
            model_name='case',
            name='officers',
            field=models.ManyToManyField(related_name='cases', through='cases.Assignment', through_fields=('case', 'officer'), to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('reason', haven.cases.fields.EncryptedText()),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seen_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='break_glass', to='cases.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='cases.case'),
        ),
        migrations.CreateModel(
            name='Allegation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('relation', models.CharField(help_text='of the record', max_length=20)),
                ('act', models.CharField(blank=True, max_length=20)),
                ('means', models.CharField(blank=True, max_length=40)),
                ('purpose', models.CharField(blank=True, max_length=40)),
                ('when', haven.cases.fields.EncryptedText(blank=True, default='', help_text='normalised date or interval')),
                ('where', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('mode', models.CharField(choices=[('alleged', 'Alleged'), ('denied', 'Denied'), ('hearsay', 'Hearsay')], default='alleged', max_length=8)),
                ('status', models.CharField(choices=[('alleged', 'Alleged'), ('under_investigation', 'Subject of investigation'), ('administratively_arrested', 'Administratively arrested'), ('arrested', 'Arrested'), ('indicted', 'Indicted'), ('convicted', 'Convicted'), ('not_charged', 'Not charged'), ('cleared', 'Cleared')], default='alleged', max_length=26)),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allegations', to='cases.person')),
                ('victim', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suffered', to='cases.person')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allegations', to='cases.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CaseLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('reason', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_from', to='cases.case')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_to', to='cases.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CaseNote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('text', haven.cases.fields.EncryptedText()),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='cases.case')),
            ],
            options={
                'ordering': ['-created'],
            },
        ),
        migrations.CreateModel(
            name='IndexEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('mac', models.CharField(max_length=64)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='index_entries', to='cases.case')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='index_entries', to='cases.person')),
            ],
        ),
        migrations.CreateModel(
            name='MinorNotice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('discovered', models.DateTimeField(default=django.utils.timezone.now)),
                ('due', models.DateTimeField()),
                ('sent', models.DateTimeField(blank=True, null=True)),
                ('ruled_out', models.DateTimeField(blank=True, help_text='an officer found the person to be of age', null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='minor_notices', to='cases.case')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='minor_notice', to='cases.person')),
                ('ruled_out_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='packet',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='persons', to='cases.packet'),
        ),
        migrations.AddField(
            model_name='packet',
            name='case',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='packets', to='cases.case'),
        ),
        migrations.AddField(
            model_name='packet',
            name='received_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='ExtractionRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('schema_version', models.CharField(max_length=10)),
                ('model_name', models.CharField(blank=True, max_length=80)),
                ('model_version', models.CharField(blank=True, max_length=40)),
                ('model_hash', models.CharField(blank=True, max_length=64)),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
                ('packet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='cases.packet')),
            ],
            options={
                'ordering': ['-created'],
            },
        ),
        migrations.CreateModel(
            name='PageRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('index', models.PositiveIntegerField(help_text='in Record.pages')),
                ('number', models.PositiveIntegerField(help_text='within its file, from 1')),
                ('state', models.CharField(max_length=12)),
                ('reason', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('confidence', models.FloatField(default=1.0)),
                ('width', models.FloatField(default=0, help_text='points, upright')),
                ('height', models.FloatField(default=0, help_text='points, upright')),
                ('rotation', models.IntegerField(default=0)),
                ('skew', models.FloatField(default=0)),
                ('dpi', models.FloatField(null=True)),
                ('start', models.PositiveIntegerField(help_text='first character in Record.text', null=True)),
                ('end', models.PositiveIntegerField(null=True)),
                ('image', models.UUIDField(help_text='blob of the upright page, PNG', null=True)),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('packet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='cases.packet')),
            ],
            options={
                'ordering': ['packet', 'index'],
            },
        ),
        migrations.CreateModel(
            name='DocumentRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('ref', models.CharField(help_text='its id in the record', max_length=40)),
                ('order', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=30)),
                ('edition', models.CharField(blank=True, max_length=20)),
                ('title', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('language', models.CharField(default='en', max_length=12)),
                ('confidence', models.FloatField(default=1.0)),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('from_perpetrator', models.BooleanField(default=False, help_text='K10: furnished by a perpetrator or their household, 8 U.S.C. 1367(a)(1)')),
                ('packet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='cases.packet')),
                ('pages', models.ManyToManyField(related_name='documents', to='cases.pagerow')),
            ],
            options={
                'ordering': ['packet', 'order'],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('order', models.PositiveIntegerField()),
                ('content_mac', models.CharField(db_index=True, max_length=64)),
                ('sha256', haven.cases.fields.EncryptedText(help_text='of the bytes as they came: what evidence cites')),
                ('name', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('media_type', models.CharField(max_length=120)),
                ('size', models.PositiveBigIntegerField(help_text='bytes')),
                ('refused', haven.cases.fields.EncryptedText(blank=True, null=True)),
                ('blob', models.UUIDField(null=True)),
                ('packet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='cases.packet')),
            ],
            options={
                'ordering': ['packet', 'order'],
            },
        ),
        migrations.AddField(
            model_name='pagerow',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='cases.storedfile'),
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('boxes', models.JSONField(default=list, help_text='[[x0, top, x1, bottom], …] in points of the upright page')),
                ('start', models.PositiveIntegerField(null=True)),
                ('end', models.PositiveIntegerField(null=True)),
                ('sha256', haven.cases.fields.EncryptedText(help_text='of the file: the evidence stands even where the row of the file does not')),
                ('packet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='cases.packet')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='cases.pagerow')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='cases.storedfile')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('kind', models.CharField(choices=[('same_case', 'Same case?'), ('minor', 'A person under 18 is named'), ('pages', 'Pages need a person'), ('form', 'Which form was filed?'), ('read', 'Something needs a person')], max_length=12)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('sentence', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('due', models.DateTimeField(blank=True, null=True)),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
                ('done', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=20)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='cases.case')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other_case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.pagerow')),
            ],
            options={
                'ordering': ['created'],
            },
        ),
        migrations.CreateModel(
            name='Value',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('data_key', haven.cases.fields.DataKeyField()),
                ('chain', models.UUIDField(default=uuid.uuid4, editable=False, help_text='the same for all states of one value')),
                ('version', models.PositiveIntegerField(default=1)),
                ('field', models.CharField(max_length=20)),
                ('item', models.CharField(blank=True, help_text='printed part and item of a form', max_length=80)),
                ('question', models.CharField(blank=True, help_text='what the item asks', max_length=300)),
                ('kind', models.CharField(default='text', max_length=10)),
                ('order', models.PositiveIntegerField(default=0)),
                ('text', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('normal', haven.cases.fields.EncryptedText(blank=True, default='', help_text='normalised: ISO date, E.164…')),
                ('alternatives', haven.cases.fields.EncryptedJSON(default=list, help_text='other readings; of a role: the roles to be ruled out')),
                ('category', models.CharField(blank=True, help_text='gate category of a form answer', max_length=3)),
                ('source', models.CharField(choices=[('extracted', 'Read from the text'), ('form', 'Read from a form field'), ('officer', 'Entered by an officer')], max_length=10)),
                ('confidence', models.FloatField(default=1.0)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('corrected', 'Corrected'), ('rejected', 'Rejected')], default='proposed', max_length=10)),
                ('reason', haven.cases.fields.EncryptedText(blank=True, default='')),
                ('undo', models.BooleanField(default=False, help_text='this row takes back the one it supersedes')),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
                ('allegation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='values_all', to='cases.allegation')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values_all', to='cases.case')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='values_all', to='cases.documentrow')),
                ('evidence', models.ManyToManyField(related_name='values_all', to='cases.evidence')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='values_all', to='cases.person')),
                ('related', models.ForeignKey(blank=True, help_text='whom it is about too', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='values_all', to='cases.extractionrun')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='cases.value')),
            ],
            options={
                'ordering': ['case', 'order', 'version'],
            },
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='%(class)s', serialize=False, to='cases.person')),
                ('doubt', models.JSONField(default=list)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('role', models.CharField(choices=[('trafficker', 'Alleged trafficker'), ('associate', 'Alleged to have taken part')], max_length=12)),
                ('allegation', models.CharField(choices=[('alleged', 'Alleged'), ('denied', 'Denied'), ('hearsay', 'Hearsay')], default='alleged', max_length=8)),
                ('status', models.CharField(choices=[('alleged', 'Alleged'), ('under_investigation', 'Subject of investigation'), ('administratively_arrested', 'Administratively arrested'), ('arrested', 'Arrested'), ('indicted', 'Indicted'), ('convicted', 'Convicted'), ('not_charged', 'Not charged'), ('cleared', 'Cleared')], default='alleged', max_length=26)),
                ('statute', models.CharField(blank=True, help_text='of the conviction, e.g. 18 U.S.C. 1591', max_length=60)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'convicted'), _negated=True), models.Q(('statute', ''), _negated=True), _connector='OR'), name='a_conviction_names_its_statute')],
            },
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('case', 'officer'), name='assigned_once_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['kind', 'mac'], name='cases_index_kind_d0cc90_idx'),
        ),
        migrations.AddConstraint(
            model_name='indexentry',
            constraint=models.UniqueConstraint(fields=('kind', 'mac', 'case', 'person'), name='indexed_once'),
        ),
        migrations.AddConstraint(
            model_name='pagerow',
            constraint=models.UniqueConstraint(fields=('packet', 'index'), name='one_account_for_each_page'),
        ),
        migrations.AddIndex(
            model_name='value',
            index=models.Index(fields=['case', 'field'], name='cases_value_case_id_b20779_idx'),
        ),
        migrations.AddIndex(
            model_name='value',
            index=models.Index(fields=['person', 'field'], name='cases_value_person__fac3a5_idx'),
        ),
        migrations.AddConstraint(
            model_name='value',
            constraint=models.UniqueConstraint(fields=('chain', 'version'), name='one_row_for_each_state'),
        ),
        migrations.AddConstraint(
            model_name='value',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', 'officer'), _negated=True), ('by__isnull', False), _connector='OR'), name='an_officer_value_names_the_officer'),
        ),
        migrations.AddConstraint(
            model_name='value',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'proposed'), ('by__isnull', False), _connector='OR'), name='a_decision_names_who_decided'),
        ),
        migrations.AddConstraint(
            model_name='value',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('supersedes__isnull', True), ('version', 1)), models.Q(('supersedes__isnull', False), ('version__gt', 1)), _connector='OR'), name='a_later_row_supersedes_one'),
        ),
        migrations.AddConstraint(
            model_name='value',
            constraint=models.CheckConstraint(condition=models.Q(('supersedes__isnull', True), models.Q(('supersedes', models.F('id')), _negated=True), _connector='OR'), name='no_row_supersedes_itself'),
        ),
    ]
