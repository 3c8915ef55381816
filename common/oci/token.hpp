// Tokens for registries: where they are got, how they are asked for, what comes back. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/client_request.hpp"
#include "common/http/url.hpp"
#include "common/oci/challenge.hpp"
#include "common/oci/login.hpp"
#include "common/result/result.hpp"

namespace stagegate::oci {

// "repository:stonks-oracle/risk:pull,push"
std::string scope_text(std::string_view repository, std::string_view actions);

struct TokenServer {
  http::Url realm;
  std::string service;  // empty: the challenge names none (old Gitea)
};

// The server that the challenge names, or the one of `instead` (the setting token_realm: the
// address in a challenge may be one that only browsers can reach). Refused (unknown):
// - plain http where the registry speaks https;
// - a link-local address (cloud metadata services), unless the registry is at one;
// - another host than the registry's for a login with a secret, unless token_realm names it: a
//   credential goes to nobody because a server says so.
Result<TokenServer> token_server(const Challenge& challenge, const http::Url& registry,
                                 std::string_view instead, const Login& login);

// How a token is asked for: a GET with the user's password or nothing, or a POST (OAuth 2), which
// alone knows what an identity token is.
http::Request token_request(const TokenServer& server, const Login& login,
                            const std::vector<std::string>& scopes);

struct Token {
  std::string text;
  std::chrono::milliseconds lifetime;
};
// `token` or `access_token`; `expires_in` seconds, 60 where it is absent or less.
Result<Token> parse_token(std::string_view body);

}  // namespace stagegate::oci
