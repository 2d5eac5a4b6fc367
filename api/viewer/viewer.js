// Swagger UI over the description of this service, with what each field means in sight: the model
// of a body is shown
// before its example. All errors have one model, which stands once, under "Schemas", and not below
// every operation.
const response = await fetch("openapi.json");
// Descriptions are Markdown, in which a star begins an emphasis.
const description = JSON.parse(await response.text(), (key, value) =>
  key === "description" && typeof value === "string" ? value.replaceAll("O*NET", "O\\*NET") : value,
);
for (const operation of Object.values(description.paths).flatMap((item) => Object.values(item))) {
  for (const parameter of operation.parameters ?? []) {
    // so that a request can be sent at once
    if (parameter.required) parameter.example = parameter.schema.examples[0];
  }
  for (const [status, each] of Object.entries(operation.responses)) {
    if (status !== "200") delete each.content;
  }
}

// What a reader of screens calls the fields that Swagger UI leaves without a name.
new MutationObserver(() => {
  for (const field of document
    .querySelectorAll("select:not([aria-label]), textarea:not([aria-label])")) {
    const parameter = field.closest("tr[data-param-name]")?.dataset.paramName;
    field.setAttribute("aria-label",
      parameter ?? (field.matches("textarea") ? "Request body" : "Choice"));
  }
}).observe(document.getElementById("viewer"), { childList: true, subtree: true });

SwaggerUIBundle({
  spec: description,
  dom_id: "#viewer",
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelRendering: "model",
  defaultModelExpandDepth: 5,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  validatorUrl: null,
});
