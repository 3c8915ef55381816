// Something to wait for with poll(): rings from the moment it is rung until it is silenced.
#pragma once

#include "common/fs/descriptor.hpp"

namespace stagegate::audit_writer {

class Bell {
 public:
  Bell();
  int fd() const { return fd_.get(); }
  void ring() const;
  void silence() const;

 private:
  fs::Descriptor fd_;
};

}  // namespace stagegate::audit_writer
