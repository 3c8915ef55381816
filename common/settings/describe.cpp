#include "common/settings/describe.hpp"

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::settings {

namespace {

using Element = Shape::Element;
using Form = Shape::Form;
using text::cat;
using text::Json;

struct Words {
  std::string_view placeholder;
  std::string_view in_words;
  std::string_view plural;
};

Words words(Element element) {
  switch (element) {
    case Element::boolean:
      return {"BOOL", "`true` or `false`", "booleans"};
    case Element::integer:
      return {"N", "whole number", "whole numbers"};
    case Element::text:
      return {"TEXT", "text", "texts"};
    case Element::secret:
      return {"SECRET", "secret", "secrets"};
    case Element::duration:
      return {"DURATION", "duration (`90s`, `1h30m`)", "durations"};
    case Element::date:
      return {"DATE", "date (`2026-07-03`)", "dates"};
    case Element::instant:
      return {"TIME", "point in time (`2026-07-03T15:00:00Z`)", "points in time"};
    case Element::tag:
      return {"TAG", "image tag (write it in quotes)", "image tags (write each in quotes)"};
    case Element::tree:
      return {"YAML", "YAML or JSON", "YAML or JSON texts"};
  }
  return {};
}

// What a "|" would do to a Markdown table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string default_cell(const Setting& setting) {
  std::vector<std::string> parts;
  for (const std::string& name : setting.spec.ci) parts.push_back(cat("`$", name, "`"));
  if (!setting.spec.fallback.empty()) parts.push_back(cat("`", setting.spec.fallback, "`"));
  if (setting.spec.required) parts.emplace_back("**required**");
  return text::join(parts, ", else ");
}

Json element_schema(const Setting& setting) {
  const Spec& spec = setting.spec;
  Json schema;
  if (!spec.choices.empty()) {
    Json choices{Json::Array{}};
    for (const std::string& choice : spec.choices) choices.push(choice);
    return schema.set("enum", std::move(choices));
  }
  switch (setting.shape.element) {
    case Element::boolean:
      return schema.set("type", "boolean");
    case Element::integer:
      schema.set("type", "integer");
      if (spec.least != Spec{}.least) schema.set("minimum", spec.least);
      if (spec.most != Spec{}.most) schema.set("maximum", spec.most);
      return schema;
    case Element::duration:
      return schema.set("type", Json::Array{"string", "number"});
    case Element::date:
      return schema.set("type", "string").set("format", "date");
    case Element::instant:
      return schema.set("type", "string").set("format", "date-time");
    case Element::tag:
      return schema.set("type", "string").set("pattern", "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$");
    case Element::text:
    case Element::secret:
      return schema.set("type", "string");
    case Element::tree:
      return Json(Json::Object{});
  }
  return schema;
}

// The types that a setting has in YAML, as it is written in `settings:` or in --config.
Json setting_schema(const Setting& setting) {
  Json element = element_schema(setting);
  Json schema;
  schema.set("description", setting.spec.help);
  if (!setting.spec.fallback.empty()) schema.set("default", setting.spec.fallback);
  // Every setting can come from a secret of Woodpecker.
  Json any{Json::Array{}};
  if (setting.shape.form == Form::list) {
    any.push(Json().set("type", "array").set("items", element));
    any.push(Json().set("type", "string"));
  } else if (setting.shape.form == Form::map) {
    any.push(Json().set("type", "object").set("additionalProperties", element));
    any.push(Json().set("type", "string"));
  } else {
    any.push(element);
  }
  any.push(Json().set("$ref", "#/$defs/from_secret"));
  return schema.set("anyOf", std::move(any));
}

}  // namespace

std::string placeholder(const Setting& setting) {
  const Spec& spec = setting.spec;
  if (!spec.value.empty()) return spec.value;
  if (!spec.choices.empty()) return text::join(spec.choices, "|");
  std::string element(words(setting.shape.element).placeholder);
  switch (setting.shape.form) {
    case Form::one:
      return setting.shape.element == Element::boolean ? std::string() : element;
    case Form::list:
      return element + ",...";
    case Form::map:
      return "KEY=" + element + ",...";
  }
  return element;
}

std::string type_in_words(const Setting& setting) {
  const Spec& spec = setting.spec;
  if (!spec.choices.empty() && setting.shape.form == Form::one) {
    return cat("`", text::join(spec.choices, "`, `"), "`");
  }
  const Words element = words(setting.shape.element);
  switch (setting.shape.form) {
    case Form::one:
      return std::string(element.in_words);
    case Form::list:
      return cat("list of ", element.plural);
    case Form::map:
      return cat("map of ", element.plural);
  }
  return {};
}

std::string docs_table(const Table& table) {
  std::string out = "| Setting | Value | Default | What it does |\n|---|---|---|---|\n";
  for (const Setting& setting : table.settings()) {
    std::string help = setting.spec.help;
    if (!setting.spec.verbs.empty()) {
      help += cat(" Only for `", text::join(setting.spec.verbs, "`, `"), "`.");
    }
    out += cat("| `", setting.spec.name, "` | ", cell(type_in_words(setting)), " | ",
               cell(default_cell(setting)), " | ", cell(help), " |\n");
  }
  return out;
}

Json schema(const Table& table) {
  Json properties{Json::Object{}};
  for (const Setting& setting : table.settings()) {
    properties.set(setting.spec.name, setting_schema(setting));
  }
  Json secret;
  secret.set("type", "object")
      .set("properties", Json().set("from_secret", Json().set("type", "string")))
      .set("required", Json::Array{"from_secret"});
  Json required{Json::Array{}};
  for (const Setting& setting : table.settings()) {
    const bool always = setting.spec.required && setting.spec.verbs.empty() &&
                        setting.spec.ci.empty() && setting.spec.fallback.empty();
    if (always) required.push(setting.spec.name);
  }
  Json schema;
  schema.set("$schema", "https://json-schema.org/draft/2020-12/schema")
      .set("title", table.program())
      .set("description", table.purpose())
      .set("type", "object")
      .set("properties", std::move(properties));
  if (!required.array()->empty()) schema.set("required", std::move(required));
  schema.set("additionalProperties", false);
  schema.set("$defs", Json().set("from_secret", std::move(secret)));
  return schema;
}

}  // namespace stagegate::settings
