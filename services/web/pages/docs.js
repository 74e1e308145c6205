// Shows /openapi.json. Requests go to this same host, and nothing is asked of any other.
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "none",
  filter: true,
  oauth2RedirectUrl: `${window.location.origin}/docs/oauth2-redirect.html`,
  showExtensions: true,
  validatorUrl: null,
});

window.ui.initOAuth({ usePkceWithAuthorizationCodeGrant: true });
