#include "common/http/target.hpp"

#include <algorithm>
#include <optional>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

enum class Plus { stays, is_blank };

std::optional<std::string> percent_decoded(std::string_view raw, Plus plus) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '+' && plus == Plus::is_blank) {
      out += ' ';
    } else if (raw[i] != '%') {
      out += raw[i];
    } else {
      if (raw.size() - i < 3) return std::nullopt;
      const auto high = text::hex_value(raw[i + 1]);
      const auto low = text::hex_value(raw[i + 2]);
      if (!high || !low) return std::nullopt;
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  return out;
}

Result<std::string> parse_path(std::string_view raw) {
  std::string path;
  for (const std::string_view segment : text::split(raw.substr(1), '/')) {
    const auto decoded = percent_decoded(segment, Plus::stays);
    if (!decoded) return usage("the path has a % that is not followed by two hex digits");
    if (*decoded == "." || *decoded == "..") return usage("the path has a . or .. segment");
    if (std::any_of(decoded->begin(), decoded->end(),
                    [](char c) { return is_control(c) || c == '/' || c == '\\'; })) {
      return usage("the path has an encoded slash, a backslash or a control character");
    }
    path += '/';
    path += *decoded;
  }
  if (path.find("//") != std::string::npos) return usage("the path has an empty segment (//)");
  return path;
}

// "http://host:port/path" -> its authority, cut off the front of `raw`; empty for any other scheme.
std::optional<std::string_view> take_authority(std::string_view& raw) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text::lower(raw.substr(0, scheme.size())) != scheme) continue;
    raw.remove_prefix(scheme.size());
    const std::string_view authority = raw.substr(0, raw.find_first_of("/?"));
    raw.remove_prefix(authority.size());
    return authority;
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<Field>> parse_query(std::string_view raw) {
  std::vector<Field> fields;
  if (raw.empty()) return fields;
  for (const std::string_view pair : text::split(raw, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decoded(pair.substr(0, equals), Plus::is_blank);
    const auto value =
        percent_decoded(pair.substr(std::min(equals + 1, pair.size())), Plus::is_blank);
    if (!name || !value) return usage("the query has a % that is not followed by two hex digits");
    if (name->find('\0') != std::string::npos || value->find('\0') != std::string::npos) {
      return usage("the query has a NUL in it");
    }
    for (const auto& [known, _] : fields) {
      if (known == *name) return usage(text::cat("the query says ", text::quoted(known), " twice"));
    }
    fields.emplace_back(*name, *value);
  }
  return fields;
}

Result<Target> parse_target(std::string_view method, std::string_view raw) {
  Target target;
  if (raw == "*") {
    if (method != "OPTIONS") return usage("the target * is for OPTIONS only");
    target.path = "*";
    return target;
  }
  if (raw.find('#') != std::string_view::npos) return usage("the target has a fragment (#)");
  if (!raw.starts_with('/')) {
    const auto authority = take_authority(raw);
    if (!authority || authority->empty()) {
      return usage("the target is neither a path nor an http:// address");
    }
    target.authority = *authority;
  }
  const std::size_t question = std::min(raw.find('?'), raw.size());
  std::string_view path = raw.substr(0, question);
  if (path.empty()) path = "/";  // http://host?query
  auto decoded = parse_path(path);
  if (!decoded) return forward(decoded.error());
  auto query = parse_query(raw.substr(std::min(question + 1, raw.size())));
  if (!query) return forward(query.error());
  target.path = std::move(*decoded);
  target.query = std::move(*query);
  return target;
}

}  // namespace stagegate::http
