// Who people are and how Kargo is woken, as the settings of `serve` describe it.
#pragma once

#include <memory>

#include "plugins/market-hours-check/identity/identity.hpp"
#include "plugins/market-hours-check/options.hpp"
#include "plugins/market-hours-check/serve/serve.hpp"

namespace stagegate::market_hours {

// Null: `identity` is none. A failure names every setting that is missing.
Result<std::unique_ptr<Identity>> open_identity(const Options& options, const time::Clock& clock,
                                                int interrupt_fd);

// Fills in `wake` and `promoter` where the settings name a Kargo and a Kubernetes.
Result<> connect(ServeOptions& serving, const Options& options, const time::Clock& clock,
                 int interrupt_fd);

}  // namespace stagegate::market_hours
