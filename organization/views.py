"""The doors: sign in, sign out, change to another organization."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from organization.access import SESSION_KEY, MemberRequest, member_required
from organization.forms import SignInForm


class SignInView(LoginView):
    """A person who is signed in already goes on to where they wanted."""

    authentication_form = SignInForm
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_invalid(form)
        response.status_code = 429 if form.has_error("__all__", "too_many") else 422
        return response


class SignOutView(LogoutView):
    """Only by POST."""


@require_POST
@member_required
def switch_organization(request: MemberRequest) -> HttpResponse:
    """Remember the chosen organization in the session; one that the person does not belong to does not exist."""
    code = request.POST.get("organization", "")
    if code not in {one.code for one in request.organizations}:
        raise Http404
    request.session[SESSION_KEY] = code
    return redirect("home")
