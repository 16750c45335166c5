"""Pages of this app."""

app_name = "programs"
urlpatterns = []
