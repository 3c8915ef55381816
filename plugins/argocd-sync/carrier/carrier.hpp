// Where an Application keeps its tag, and the change that puts another one there. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "plugins/argocd-sync/app/application.hpp"

namespace stagegate::argocd {

enum class Carrier : std::uint8_t {
  helm,       // parameters of a Helm source
  kustomize,  // images of a Kustomize source
  git,        // a file in a Git repository (git/): nothing in the Application
  none,       // the tag is not set here
};

struct Wish {
  Carrier carrier = Carrier::none;
  std::string tag = {};
  std::vector<std::string> parameters = {};        // of Helm: "image.tag"
  std::vector<std::string> kustomize_images = {};  // "registry.example/team/service"
  std::string source = {};  // of several: its name or its number, from 1; empty: the only one
};

// A change of the specification, as JSON patch with a test before each step of it: somebody else's
// change in between makes it fail.
struct Edit {
  std::vector<text::Json> patch;  // empty: all is as wished already
  std::string before;             // the one tag that was there; empty: none, several, or a digest
  std::vector<std::string> what;  // for people: "image.tag: 1111 -> 2222"
};

// Fails (usage) when the Application has no such source, or one of another kind.
Result<Edit> edit_of(const Wish& wish, const Application& app);

// The place of the source that has the tag.
Result<std::size_t> source_place(const Wish& wish, const Application& app);

// In what way the specification does not ask for what is wished; empty: it does.
std::string missing_in(const Wish& wish, const std::vector<text::Json>& sources);

// Whether the name of an image says which one it is: by a tag or a digest.
bool is_pinned(std::string_view image);

// The images that pods run when it is as wished, where that can be told from the specification.
std::vector<std::string> expected_images(const Wish& wish, const std::vector<text::Json>& sources);

}  // namespace stagegate::argocd
