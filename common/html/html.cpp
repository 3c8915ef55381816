#include "common/html/html.hpp"

#include "embedded_stagegate_html.hpp"

#include "common/crypto/encoding.hpp"
#include "common/crypto/random.hpp"
#include "common/text/harmless.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::html {
namespace {

using text::cat;

std::string_view path_of(Symbol symbol) {
  switch (symbol) {
    case Symbol::tick:
      return "M6 12.5l4 4 8-9";
    case Symbol::cross:
      return "M7 7l10 10M17 7L7 17";
    case Symbol::question:
      return "M9 9a3 3 0 1 1 3 3.5V14M12 17.2v.3";
    case Symbol::warning:
      return "M12 4L3 20h18zM12 10v5M12 17.4v.3";
    case Symbol::glass:
      return "M5 4h14v16H5zM13 4l-3 6 4 3-3 7M10 10l-5 1M14 13l5-2";
  }
  return {};
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char character : text::harmless_lines(text)) {
    switch (character) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += character;
    }
  }
  return out;
}

std::string anchor_of(std::string_view stage) {
  return "stage-" + text::percent_encode(stage);
}

std::string symbol(Symbol symbol) {
  return cat(R"(<svg class="symbol" viewBox="0 0 24 24" aria-hidden="true"><path d=")",
             path_of(symbol), R"("/></svg>)");
}

std::string_view base_style() {
  return base_files::files()[0].bytes;
}

std::string_view live_script() {
  return base_files::files()[1].bytes;
}

std::string fresh_nonce() {
  return crypto::hex(crypto::random_bytes(16));
}

std::string page_policy(std::string_view nonce, std::string_view forms) {
  return cat("default-src 'none'; img-src data:; style-src 'nonce-", nonce, "'; script-src 'nonce-",
             nonce, "'; base-uri 'none'; form-action ", forms, "; frame-ancestors 'none'");
}

}  // namespace stagegate::html
