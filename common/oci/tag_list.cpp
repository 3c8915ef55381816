#include "common/oci/tag_list.hpp"

#include <algorithm>
#include <iterator>

#include "common/crypto/sha256.hpp"
#include "common/http/url.hpp"
#include "common/settings/image_tag.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using text::cat;
using text::JsonToken;

namespace {

constexpr std::size_t kLargePage = 1000;  // more is an error to some registries

// One Link field: `<url>; rel="next", <url>; rel=prev`.
struct Link {
  std::string_view target;
  std::string_view parameters;
};

std::vector<Link> parse_links(std::string_view field) {
  std::vector<Link> links;
  while (true) {
    const auto open = field.find('<');
    const auto close = field.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) return links;
    const auto next = std::min(field.find('<', close), field.size());
    links.push_back(
        {field.substr(open + 1, close - open - 1), field.substr(close + 1, next - close - 1)});
    field.remove_prefix(next);
  }
}

bool is_next(std::string_view parameters) {
  for (const std::string_view piece : text::split(parameters, ';')) {
    std::string word = text::lower(text::trim(piece));
    std::erase_if(word, [](char c) { return c == '"' || c == ' ' || c == ','; });
    if (word == "rel=next") return true;
  }
  return false;
}

}  // namespace

TagListReader::TagListReader(const TagSink& each)
    : each_(each),
      stream_([this](JsonToken token, std::string_view text) { return take(token, text); }) {}

Result<> TagListReader::feed(std::string_view bytes) {
  return stream_.feed(bytes);
}

Result<> TagListReader::finish() {
  if (auto whole = stream_.finish(); !whole) return whole;
  if (!seen_) return unknown("there are no tags in it");
  return {};
}

Result<> TagListReader::take(JsonToken token, std::string_view text) {
  const bool value_of_tags = std::exchange(at_tags_, false);
  switch (token) {
    case JsonToken::begin_array:
      if (value_of_tags) in_tags_ = seen_ = true;
      ++depth_;
      break;
    case JsonToken::begin_object:
      ++depth_;
      break;
    case JsonToken::end_array:
    case JsonToken::end_object:
      if (--depth_ == 1) in_tags_ = false;
      break;
    case JsonToken::key:
      at_tags_ = depth_ == 1 && text == "tags" && !seen_;
      break;
    case JsonToken::null:
      if (value_of_tags) seen_ = true;
      break;
    case JsonToken::string:
      if (in_tags_ && depth_ == 2 && settings::is_image_tag(text)) each_(text);
      break;
    case JsonToken::number:
    case JsonToken::true_:
    case JsonToken::false_:
      break;
  }
  return {};
}

Result<std::optional<std::string>> next_page(std::span<const std::string_view> links,
                                             std::string_view asked_url, std::string_view path) {
  const auto base = http::parse_url(asked_url);
  if (!base) return forward(base.error());
  for (const std::string_view field : links) {
    for (const Link& link : parse_links(field)) {
      if (!is_next(link.parameters)) continue;
      const auto target = http::resolve(*base, link.target);
      if (!target) return unknown(cat("its Link is no address: ", target.error().message));
      if (target->host != base->host) {
        return unknown(cat("its Link leads to another host: ", http::shown_url(target->text())));
      }
      // A registry behind a proxy may know its own path by another prefix.
      if (!target->path.ends_with(path)) {
        return unknown(cat("its Link leads to something else: ", http::shown_url(target->text())));
      }
      return target->query;
    }
  }
  return std::nullopt;
}

std::optional<std::string> with_larger_pages(std::string_view query) {
  std::string larger = cat("n=", kLargePage);
  bool cursor = false;
  for (const std::string_view piece : text::split(query, '&')) {
    if (piece.starts_with("n=")) {
      const auto count = text::parse_count(piece.substr(2));
      if (!count || *count >= kLargePage) return std::nullopt;
    } else if (piece.starts_with("last=")) {
      cursor = true;
      larger += cat('&', piece);
    } else {
      return std::nullopt;
    }
  }
  if (!cursor) return std::nullopt;
  return larger;
}

std::uint64_t tag_key(std::string_view tag) {
  const crypto::Hash hash = crypto::sha256(tag);
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < sizeof key; ++i) key = key << 8 | hash[i];
  return key;
}

bool SeenTags::end_page() {
  std::ranges::sort(page_);
  std::vector<std::uint64_t> merged;
  merged.reserve(keys_.size() + page_.size());
  std::ranges::set_union(keys_, page_, std::back_inserter(merged));
  merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
  page_.clear();
  const bool more = merged.size() > keys_.size();
  keys_ = std::move(merged);
  return more;
}

}  // namespace stagegate::oci
