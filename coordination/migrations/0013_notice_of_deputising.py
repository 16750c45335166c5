from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0012_people_leave_and_hand_over"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind_known",
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("asked_to_review", "asked to review"),
                    ("opinion_given", "opinion given"),
                    ("consent_lapsed", "consent lapsed"),
                    ("commented", "commented"),
                    ("comment_resolved", "comment resolved"),
                    ("agreed", "agreed by all"),
                    ("issued", "issued"),
                    ("milestone_due", "milestone due"),
                    ("handed_over", "work handed over"),
                    ("joined", "joined an agency"),
                    ("deputises", "deputising"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "asked_to_review",
                            "opinion_given",
                            "consent_lapsed",
                            "commented",
                            "comment_resolved",
                            "agreed",
                            "issued",
                            "milestone_due",
                            "handed_over",
                            "joined",
                            "deputises",
                        ],
                    )
                ),
                name="notice_kind_known",
                violation_error_message="This value is not in the list.",
            ),
        ),
    ]
