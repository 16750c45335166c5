"""`clause_change_complete` names the natures already: one more rule about them would be in vain."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("coordination", "0008_whom_one_signs_for")]

    operations = [migrations.RemoveConstraint("clausechange", "clause_change_nature_known")]
