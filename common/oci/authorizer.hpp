// Finds out how one registry wants to be asked, and keeps what it wants to see: the user's
// password, or tokens, one for many repositories where the token server gives such.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/http/client.hpp"
#include "common/oci/challenge.hpp"
#include "common/oci/login.hpp"
#include "common/oci/refusal.hpp"
#include "common/oci/token.hpp"
#include "common/time/clock.hpp"

namespace stagegate::oci {

// What is to be done with a repository: "pull", or "pull,push".
struct Scope {
  std::string repository;
  bool push = false;
};

class Authorizer {
 public:
  struct Place {
    http::Url registry;
    std::string token_realm;  // see token_server()
    Login login;
    std::chrono::milliseconds timeout;  // of one request for a token
  };
  Authorizer(Place place, http::Client& client, const time::Clock& clock);

  // Names what will be asked for later, so that one token is enough for all of it.
  void expect(const Scope& scope);
  // False as long as nobody has answered: then one question alone should go first.
  bool knows() const { return way_ != Way::unknown; }
  // An answer came without a challenge.
  void let_in();

  // What a question about this scope has to carry. Asks for a token when there is none that will
  // live long enough.
  Answer<http::Credential> credential(const Scope& scope,
                                      std::optional<http::milliseconds> deadline);
  // The registry has answered 401 to such a question, for the `times`-th time. True when it is
  // worth asking again.
  bool learn(const http::Response& response, const Scope& scope, int times);

  const Login& login() const { return place_.login; }
  std::uint64_t token_requests() const { return token_requests_; }

 private:
  enum class Way : std::uint8_t { unknown, open, basic, token };
  struct Batch {
    std::map<std::string, bool> scopes;  // repository -> push
    std::optional<Token> token = {};
    std::chrono::milliseconds expires{0};  // on the clock's uptime
  };

  bool begin(const Challenge& challenge);
  Batch& batch_of(const Scope& scope);
  void drop(Batch& batch);
  void split();
  Answer<> fetch(Batch& batch, std::optional<http::milliseconds> deadline);

  Place place_;
  http::Client& client_;
  const time::Clock& clock_;
  Way way_ = Way::unknown;
  Challenge challenge_;
  std::vector<Batch> batches_;
  bool one_each_ = false;  // this token server looks at the first scope only
  std::uint64_t token_requests_ = 0;
};

}  // namespace stagegate::oci
