#include "plugins/argocd-sync/git/message.hpp"

#include <algorithm>
#include <string_view>

#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd::git {

using text::cat;

namespace {

std::string joined(std::vector<std::string> words) {
  words.erase(std::remove(words.begin(), words.end(), ""), words.end());
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  for (std::string& word : words) word = text::harmless(word);
  return text::join(words, ", ");
}

void add_trailer(std::string& out, std::string_view key, std::string_view value) {
  const std::string line = text::harmless(text::trim(value));
  if (!line.empty()) out += cat(key, ": ", line, '\n');
}

const std::string& text_of(const MessageForm& form) {
  static const std::string standard = kMessage;
  return form.text.empty() ? standard : form.text;
}

// In one go: what a value says is not looked at again.
std::string filled(std::string_view form, const Deed& deed) {
  std::string out;
  while (!form.empty()) {
    const auto use = [&](std::string_view place, const std::string& value) {
      if (!form.starts_with(place)) return false;
      out += value;
      form.remove_prefix(place.size());
      return true;
    };
    if (use("{tag}", text::harmless(deed.tag)) || use("{old}", joined(deed.old_tags)) ||
        use("{app}", joined(deed.apps)) || use("{file}", joined(deed.files))) {
      continue;
    }
    out += form.front();
    form.remove_prefix(1);
  }
  return out;
}

}  // namespace

Result<> check_message(const MessageForm& form) {
  const std::string_view text = text::trim(text_of(form));
  const std::string_view subject = text.substr(0, text.find('\n'));
  if (text::trim(subject).empty()) return usage("git_message: a commit needs a first line");
  static const std::vector<std::string> places{"{tag}", "{old}", "{app}", "{file}"};
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::size_t end = text.find('}', at);
    const std::string place(text.substr(at, end == std::string_view::npos ? end : end + 1 - at));
    if (std::find(places.begin(), places.end(), place) == places.end()) {
      return usage(cat("git_message: ", text::quoted(place), " stands for nothing; there are ",
                       text::join(places, ", ")));
    }
  }
  return {};
}

std::string commit_message(const MessageForm& form, const Author& author, const Deed& deed) {
  const std::string whole = filled(text::trim(text_of(form)), deed);
  const std::size_t end = std::min(whole.find('\n'), whole.size());
  std::string message(text::trim(std::string_view(whole).substr(0, end)));
  if (form.skip_ci) message += " [CI SKIP]";
  const std::string_view body = text::trim(std::string_view(whole).substr(end));
  if (!body.empty()) message += cat("\n\n", text::harmless_lines(body));

  std::string trailers;
  add_trailer(trailers, "Stagegate-Run", author.run);
  for (const std::string& app : deed.apps) add_trailer(trailers, "Stagegate-App", app);
  add_trailer(trailers, "Stagegate-Stage", author.stage);
  add_trailer(trailers, "Promoted-By", author.promoted_by);
  return trailers.empty() ? message + '\n' : cat(message, "\n\n", trailers);
}

}  // namespace stagegate::argocd::git
