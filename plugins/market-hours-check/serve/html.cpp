#include "plugins/market-hours-check/serve/html.hpp"

#include "common/text/percent.hpp"

namespace stagegate::market_hours {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char character : text) {
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

}  // namespace stagegate::market_hours
