#include "common/audit/record/form.hpp"

#include <algorithm>

#include "common/text/characters.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit::rules {
namespace {

using text::cat;
using text::Json;

std::string in_words(std::span<const std::string_view> words) {
  return text::join(std::vector<std::string>(words.begin(), words.end()), ", ");
}

std::string dotted(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : cat(path, ".", name);
}

const Json* find_dotted(const Json& record, std::string_view path) {
  const std::size_t dot = path.find('.');
  const Json* member = record.find(path.substr(0, dot));
  if (member == nullptr || dot == std::string_view::npos) return member;
  return find_dotted(*member, path.substr(dot + 1));
}

}  // namespace

void Inspection::fault(const std::string& path, const std::string& what) {
  faults_.push_back(cat(path.empty() ? "the record" : path, ": ", what));
}

Result<> Inspection::result() const {
  if (faults_.empty()) return {};
  return usage(text::join(faults_, "\n"));
}

void Inspection::needs(const Json& record, std::string_view names, std::string_view whose) {
  for (const std::string_view name : text::split(names, ' ')) {
    const std::string_view outer = name.substr(0, name.find('.'));
    // What is missing altogether has been said once, and need not be said for each of its members.
    const bool said = outer != name && record.find(outer) == nullptr;
    if (!said && find_dotted(record, name) == nullptr) {
      fault(std::string(name), cat("is missing: a ", whose, " record needs it"));
    }
  }
}

void Inspection::text(const std::string& path, const std::string& value, const Form& form) {
  if (form.fits != nullptr && !form.fits(value)) {
    fault(path, cat(text::quoted(value), " is not ", form.expected));
  }
  if (!form.words.empty() && std::ranges::find(form.words, value) == form.words.end()) {
    fault(path, cat(text::quoted(value), " is none of ", in_words(form.words)));
  }
  const std::uint64_t length = text::count_characters(value);
  if (length < form.least) {
    fault(path, form.least == 1 ? std::string("must not be empty")
                                : cat("must have at least ", form.least, " characters"));
  }
  if (length > form.most) {
    fault(path, cat("has ", length, " characters, at most ", form.most, " are kept"));
  }
}

void Inspection::whole(const std::string& path, const Json& value, const Form& form) {
  const auto number = value.integer();
  if (!number) return fault(path, "must be a whole number");
  if (form.least == kNoLimit) return;  // any
  const bool fits = *number >= 0 && static_cast<std::uint64_t>(*number) >= form.least &&
                    static_cast<std::uint64_t>(*number) <= form.most;
  if (fits) return;
  fault(path, form.least == form.most ? cat("must be ", form.least)
                                      : cat("must be at least ", form.least));
}

void Inspection::list(const std::string& path, const Json& value, const Form& form) {
  const auto* items = value.array();
  if (items == nullptr) return fault(path, "must be a list");
  if (items->size() > form.most) {
    fault(path, cat("has ", items->size(), " elements, at most ", form.most, " are kept"));
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    this->value(cat(path, "[", i, "]"), (*items)[i], *form.others);
  }
}

void Inspection::unknown_member(const std::string& path, const std::string& name,
                                const Form& form) {
  std::vector<std::string> known;
  for (const Member& member : form.members) known.emplace_back(member.name);
  const std::string_view meant = text::nearest(name, known);
  fault(dotted(path, text::quoted(name)),
        meant.empty() ? std::string("no record has such a member; x is free for extensions")
                      : cat("no record has such a member, is ", meant, " meant?"));
}

void Inspection::object(const std::string& path, const Json& value, const Form& form) {
  const auto* members = value.object();
  if (members == nullptr) return fault(path, "must be an object");
  for (const auto& [name, held] : *members) {
    const auto known = std::ranges::find(form.members, name, &Member::name);
    if (known != form.members.end()) {
      this->value(dotted(path, name), held, known->form);
    } else if (form.others != nullptr) {
      this->value(dotted(path, text::quoted(name)), held, *form.others);
    } else if (!form.open) {
      unknown_member(path, name, form);
    }
  }
  for (const Member& member : form.members) {
    if (member.required && value.find(member.name) == nullptr) {
      fault(dotted(path, member.name), "is missing");
    }
  }
}

void Inspection::value(const std::string& path, const Json& value, const Form& form) {
  if (value.is_null() && form.or_null) return;
  switch (form.type) {
    case Form::Type::truth:
      if (value.boolean() == nullptr) fault(path, "must be true or false");
      return;
    case Form::Type::whole:
      return whole(path, value, form);
    case Form::Type::object:
      return object(path, value, form);
    case Form::Type::list:
      return list(path, value, form);
    case Form::Type::text_or_whole:
      if (value.integer()) return;
      break;
    case Form::Type::text:
      break;
  }
  const std::string* held = value.string();
  if (held == nullptr) return fault(path, "must be a text");
  text(path, *held, form);
}

}  // namespace stagegate::audit::rules
