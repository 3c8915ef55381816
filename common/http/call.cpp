#include "common/http/call.hpp"

#include <algorithm>

#include "common/http/redirect.hpp"
#include "common/log/log.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {

namespace {

std::string named(const Request& request) {
  return text::cat(method_name(request.method), ' ', shown_url(request.url));
}

Result<> check_credential(const Request& request) {
  if (const auto* bearer = std::get_if<Bearer>(&request.auth)) {
    if (bearer->token.empty() || !sendable({"Authorization", bearer->token})) {
      return usage(text::cat(named(request),
                             ": the token is empty or contains control characters (a line break at "
                             "the end of its file?)"));
    }
  } else if (const auto* basic = std::get_if<Basic>(&request.auth)) {
    if (basic->user.find(':') != std::string::npos) {
      return usage(text::cat(named(request), ": a user name cannot contain a colon"));
    }
  }
  return {};
}

Result<> check_headers(const Request& request) {
  for (const auto& field : request.headers) {
    if (!sendable(field)) {
      return usage(text::cat(named(request), ": the header ", text::quoted(field.first),
                             " contains control characters"));
    }
  }
  return {};
}

// What came back, in short, for the log line before another attempt.
std::string reason(const Ending& ending) {
  return ending.attempt.fault == Fault::none
             ? text::cat(ending.attempt.method, ' ', ending.attempt.url, " answered ",
                         ending.response.status)
             : describe(ending.attempt);
}

}  // namespace

Result<Call> Call::begin(const Request& request) {
  auto url = parse_url(request.url);
  if (!url) return forward(url.error());
  if (auto good = check_headers(request); !good) return forward(good.error());
  if (auto good = check_credential(request); !good) return forward(good.error());
  const auto* bytes = std::get_if<std::string>(&request.body);
  const bool with_body = request.method != Method::head && (bytes == nullptr || !bytes->empty());
  return Call(request, Asked{std::move(*url), request.method, with_body});
}

std::optional<milliseconds> Call::left(milliseconds uptime) const {
  if (!request_->deadline) return std::nullopt;
  return std::max(milliseconds(0), *request_->deadline - uptime);
}

// False for a source that has been read from and cannot be set back.
bool Call::body_repeatable() const {
  const auto* source = std::get_if<BodySource>(&request_->body);
  return source == nullptr || !body_begun_ || source->rewind != nullptr;
}

Result<Transfer*> Call::start(const Wiring& wiring, milliseconds uptime) {
  milliseconds timeout = request_->timeout;
  if (const auto remaining = left(uptime)) {
    if (remaining->count() == 0) {
      return fail(Failure::Kind::deadline,
                  text::cat(named(*request_), ": the deadline has passed"));
    }
    timeout = timeout.count() == 0 ? *remaining : std::min(timeout, *remaining);
  }
  if (asked_.with_body && body_begun_) {
    auto rewound = std::get<BodySource>(request_->body).rewind();
    if (!rewound) return forward(rewound.error());
    body_begun_ = false;
  }
  if (!redirected_) ++attempts_;
  redirected_ = false;
  transfer_ = std::make_unique<Transfer>(wiring, Plan{request_, asked_, trusted_, http1_, timeout});
  return transfer_.get();
}

Call::Step Call::follow(const Response& response) {
  if (++redirects_ > request_->most_redirects) {
    return Result<Response>(
        unknown(text::cat(named(*request_), ": redirected more than ", request_->most_redirects,
                          " times, at last to ", shown_url(response.headers.text("Location")))));
  }
  auto redirect = decide_redirect(asked_, body_repeatable(), response.status,
                                  response.headers.text("Location"));
  if (!redirect) return Result<Response>(forward(redirect.error()));
  asked_ = std::move(redirect->next);
  // Once away, never trusted again: the way back would be the foreign server's choice.
  trusted_ = trusted_ && redirect->trusted;
  redirected_ = true;
  return Again{milliseconds(0)};
}

Result<Response> Call::result_of(Ending ending, milliseconds uptime) const {
  if (ending.attempt.fault == Fault::none) {
    ending.response.attempts = attempts_;
    return std::move(ending.response);
  }
  std::string message = log::redact(describe(ending.attempt));
  if (attempts_ > 1) message += text::cat(" (the last of ", attempts_, " attempts)");
  const bool timed_out =
      ending.attempt.fault == Fault::timeout || ending.attempt.fault == Fault::stalled;
  const auto remaining = left(uptime);
  // libcurl counts its time-outs in real time and may end a few milliseconds before the clock does.
  const bool deadline_passed = timed_out && remaining && *remaining < milliseconds(50);
  return forward({deadline_passed ? Failure::Kind::deadline : Failure::Kind::unknown,
                  std::move(message), may_pass(ending.attempt.fault)});
}

// Two sides that disagree about HTTP/2 will do so again: what can be sent twice is sent at once as
// HTTP/1.1, also where nothing else is tried again.
bool Call::falls_back(const Outcome& outcome) const {
  return outcome.fault == Fault::http2 && !http1_ && worth_repeating(outcome) && body_repeatable();
}

Call::Step Call::finish(CURLcode code, const RetryPolicy& policy, milliseconds uptime,
                        double dice) {
  Ending ending = transfer_->finish(code);
  transfer_.reset();
  body_begun_ = body_begun_ || ending.body_begun;
  if (ending.from_caller) return Result<Response>(forward(*ending.from_caller));
  const Fault fault = ending.attempt.fault;
  if (fault == Fault::none && is_redirect(ending.response.status) && request_->most_redirects > 0 &&
      ending.response.headers.find("Location") != nullptr) {
    return follow(ending.response);
  }

  Outcome outcome;
  outcome.fault = fault;
  outcome.status = ending.response.status;
  outcome.repeatable = is_repeatable(*request_);
  outcome.sent = ending.attempt.phase >= Phase::sending;
  outcome.answer_begun = ending.answer_begun;
  outcome.retry_after = ending.response.retry_after;
  if (falls_back(outcome)) {
    log::info(text::cat(reason(ending), "; asking again with HTTP/1.1"));
    http1_ = true;
    return Again{milliseconds(0)};
  }
  const auto pause =
      request_->retry ? decide_retry(policy, attempts_, outcome, left(uptime), dice) : std::nullopt;
  if (!pause || !body_repeatable()) return result_of(std::move(ending), uptime);

  log::info(text::cat(reason(ending), "; asking again in ", text::show_duration(*pause),
                      " (attempt ", attempts_ + 1, " of at most ", policy.attempts, ')'));
  return Again{*pause};
}

}  // namespace stagegate::http
