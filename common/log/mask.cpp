#include "common/log/mask.hpp"

#include <algorithm>
#include <cctype>

#include "common/text/json.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::log {
namespace {

constexpr std::size_t kShortest = 4;

// As forms write it: a blank is a plus sign.
std::string form_encoded(std::string_view text, std::string_view hex) {
  return replace_all(text::percent_encode(text, hex), {"%20"}, "+");
}

// The characters of base64 that depend on nothing but `text` when `before` bytes (0, 1 or 2) stand
// in front of it.
std::string base64_core(std::string_view text, std::size_t before, const char* alphabet) {
  std::string out;
  unsigned bits = 0;
  unsigned held = before == 0 ? 0 : (before == 1 ? 8 : 16);
  for (const char c : text) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      out += alphabet[(bits >> held) & 63];
    }
  }
  // The first characters also hold bits of what stands before: one byte touches two, two bytes
  // touch three.
  return before == 0 ? out : out.substr(std::min(out.size(), before + 1));
}

void add_forms(std::string_view piece, std::vector<std::string>& out) {
  if (piece.size() < kShortest) return;
  out.emplace_back(piece);
  for (const auto hex : {text::kUpperHex, text::kLowerHex}) {
    out.push_back(text::percent_encode(piece, hex));
    out.push_back(form_encoded(piece, hex));
  }
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (const char* tail : {"+/", "-_"}) {
    const std::string alphabet = text::cat(kLetters, tail);
    for (const std::size_t before : {0u, 1u, 2u}) {
      out.push_back(base64_core(piece, before, alphabet.c_str()));
    }
  }
  const std::string json = text::Json(piece).dump();
  out.push_back(json.substr(1, json.size() - 2));
}

}  // namespace

std::vector<std::string> forms_of(std::string_view secret) {
  std::vector<std::string> forms;
  add_forms(secret, forms);
  add_forms(text::trim(secret), forms);
  for (const auto line : text::split(secret, '\n')) add_forms(text::trim(line), forms);
  std::erase_if(forms, [](const std::string& form) { return form.size() < kShortest; });
  std::sort(forms.begin(), forms.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

std::string replace_all(std::string text, const std::vector<std::string>& needles,
                        std::string_view by) {
  for (const auto& needle : needles) {
    for (auto at = text.find(needle); at != std::string::npos; at = text.find(needle, at)) {
      text.replace(at, needle.size(), by);
      at += by.size();
    }
  }
  return text;
}

}  // namespace stagegate::log
