"""How people get and use accounts."""

from allauth.account.adapter import DefaultAccountAdapter

from coordination.mail import send_later


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators: nobody signs up by himself."""

    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        """A worker sends it: nobody waits for the mail server, and a mail it refuses is tried again."""
        message = self.render_mail(template_prefix, email, {"request": self.request, "email": email} | context)
        send_later(to=email, subject=message.subject, body=message.body, about=template_prefix)
