#include "common/oci/session.hpp"

#include <numeric>
#include <vector>

#include "common/log/log.hpp"
#include "common/oci/name.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using text::cat;

namespace {

constexpr std::size_t kStreams = 100;  // at once over one HTTP/2 connection: what servers allow
constexpr std::size_t kConnections = 8;
constexpr std::size_t kWarnings = 20;

http::Url origin_of(const Place& place) {
  // The registry's name has been checked, so this cannot fail.
  return *http::parse_url(
      cat(place.plain_http ? "http://" : "https://", api_host(place.registry), '/'));
}

// No answer came. What a TLS handshake finds where plain HTTP is spoken has a setting to mend it.
Refusal unanswered(Failure failure) {
  if (failure.message.find("wrong version number") != std::string::npos) {
    failure.message += "; if this registry speaks plain HTTP, set plain_http: true";
  }
  return refusal_of(failure);
}

}  // namespace

// What all() has still to do.
struct Session::Round {
  std::span<const Question> questions;
  const Finished& finished;
  std::vector<std::size_t> open;
  std::vector<int> refused;  // how often each was answered 401
};

Session::Session(Place place, http::Client& client, const time::Clock& clock)
    : place_(std::move(place)),
      origin_(origin_of(place_)),
      client_(client),
      authorizer_({origin_, place_.token_realm, place_.login, place_.request_timeout}, client,
                  clock) {}

std::size_t Session::at_once() const {
  return http2_ ? kStreams : std::min(place_.parallel, kConnections);
}

http::Request Session::request_of(const Question& question, http::Credential credential) const {
  http::Request request;
  request.method = question.method;
  request.url = origin_.origin() + question.path;
  request.headers = question.headers;
  request.body = question.body;
  request.auth = std::move(credential);
  request.on_bytes = question.on_bytes;
  request.most_body = question.most_body;
  request.timeout = place_.request_timeout + question.longer;
  request.deadline = deadline_;
  request.retry = false;
  return request;
}

// "Warning: 299 - text" is how a registry tells people something; nothing follows from it.
void Session::show_warnings(const http::Response& response) {
  for (const auto warning : response.headers.all("Warning")) {
    if (!warning.starts_with("299 ") || shown_warnings_.size() == kWarnings) continue;
    if (shown_warnings_.emplace(warning).second) {
      log::warning(cat("the registry ", place_.registry, " says: ", text::quoted(warning, 300)));
    }
  }
}

Answer<http::Response> Session::judge(const Question& question, http::Response response) {
  show_warnings(response);
  http2_ = http2_ || response.http2;
  if (response.ok()) return response;
  const std::string asked = cat(http::method_name(question.method), ' ',
                                http::shown_url(origin_.origin() + question.path));
  return forward(refusal_of(response, question.method, asked, authorizer_.login().words()));
}

// One round of requests. What is answered 401 for a reason that can be mended stays open.
void Session::ask(Round& round, std::span<const std::size_t> chosen) {
  std::vector<http::Request> requests;
  std::vector<std::size_t> asked;
  std::optional<Refusal> refused;
  for (const std::size_t index : chosen) {
    const Question& question = round.questions[index];
    // Whoever got no token for one image is not asked for one for the next thirteen.
    auto credential =
        refused ? forward(*refused) : authorizer_.credential(question.scope, deadline_);
    if (!credential) {
      refused = credential.error();
      round.finished(index, forward(*refused));
      continue;
    }
    requests.push_back(request_of(question, *std::move(credential)));
    asked.push_back(index);
  }
  std::vector<std::pair<std::size_t, http::Response>> challenged;
  client_.all(requests, at_once(), [&](std::size_t at, Result<http::Response> response) {
    const std::size_t index = asked[at];
    ++requests_;
    if (!response) {
      round.finished(index, forward(unanswered(response.error())));
    } else if (response->status == 401) {
      challenged.emplace_back(index, *std::move(response));
    } else {
      authorizer_.let_in();
      round.finished(index, judge(round.questions[index], *std::move(response)));
    }
    return http::Flow::go_on;
  });
  for (auto& [index, response] : challenged) {
    const Question& question = round.questions[index];
    if (authorizer_.learn(response, question.scope, ++round.refused[index])) {
      round.open.push_back(index);
    } else {
      round.finished(index, judge(question, std::move(response)));
    }
  }
}

void Session::all(std::span<const Question> questions, const Finished& finished) {
  for (const Question& question : questions) authorizer_.expect(question.scope);
  Round round{questions, finished, std::vector<std::size_t>(questions.size()),
              std::vector<int>(questions.size())};
  std::iota(round.open.begin(), round.open.end(), std::size_t{0});
  while (!round.open.empty()) {
    const std::vector<std::size_t> open = std::exchange(round.open, {});
    // As long as nobody knows what the registry wants, one question finds it out for all.
    const std::size_t now = authorizer_.knows() ? open.size() : 1;
    ask(round, std::span(open).first(now));
    round.open.insert(round.open.end(), open.begin() + static_cast<std::ptrdiff_t>(now),
                      open.end());
  }
}

Answer<http::Response> Session::send(const Question& question) {
  Answer<http::Response> answer = forward(strange(0, "no answer"));
  all({&question, 1},
      [&](std::size_t, Answer<http::Response> finished) { answer = std::move(finished); });
  return answer;
}

}  // namespace stagegate::oci
