// The servers that the client is tested against. Each test starts its own on loopback, at free
// ports, and ends them by their process id.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "common/http/client.hpp"
#include "common/http/url.hpp"
#include "common/time/clock.hpp"

namespace stagegate::tests {

class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A child process that ends with its owner, and with this process in any case.
class Child {
 public:
  Child(std::vector<std::string> command, const std::filesystem::path& folder);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();
  // The next line of its standard output; empty when it has ended.
  std::string line();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

// nginx as nginx.conf.in configures it. files/hello contains "hello".
class Nginx {
 public:
  Nginx();
  std::string url(const std::string& port, const std::string& path = "/hello") const;
  std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

 private:
  TemporaryFolder folder_;
  std::map<std::string, std::uint16_t> ports_;
  std::unique_ptr<Child> child_;
};

// odd_server.py or proxy.py.
class Script {
 public:
  explicit Script(const std::string& name);
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path_and_query) const;
  // The log that it has written so far.
  std::string log(const std::string& name) const;
  // How many requests odd_server.py has been sent for the path.
  int requests(const std::string& path) const;

 private:
  TemporaryFolder folder_;
  Child child_;
  std::uint16_t port_;
};

// Real time since some moment.
class RunningClock : public time::Clock {
 public:
  time::Instant now() const override;
  time::milliseconds uptime() const override;
  time::Woke sleep(time::Instant until, time::milliseconds limit) override;
};

// Asks without proxies and without the machine's authorities, and does not dawdle between attempts.
http::ClientOptions quick_options();
http::Client quick_client();
http::Request get(std::string url);

std::string read(const std::filesystem::path& path);
// A port where nothing listens.
std::uint16_t closed_port();

}  // namespace stagegate::tests
