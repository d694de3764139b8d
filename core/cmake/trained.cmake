# SPDX-License-Identifier: MIT
# A build that has learned: a first one, in a folder of its own, counts which way its branches go while it reads the
# captures that tests/bench makes, and this one is laid out by that. What captures did not reach is compiled as ever.
set(profile ${PROJECT_BINARY_DIR}/profile)
if(CAPAN_TRAINING)
  add_compile_options(-fprofile-generate=${CAPAN_TRAINING} -fprofile-update=prefer-atomic
    -fprofile-prefix-path=${PROJECT_BINARY_DIR})
  add_link_options(-fprofile-generate)
elseif(CAPAN_TRAINED)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU" OR CMAKE_C_COMPILER_VERSION VERSION_LESS 12 OR CMAKE_CROSSCOMPILING)
    message(FATAL_ERROR "CAPAN_TRAINED asks for GCC 12 or later, and for a machine that runs what it builds")
  endif()
  set(first ${PROJECT_BINARY_DIR}/training)
  set(options -DCAPAN_TRAINING=${profile} -DCAPAN_PLUGIN=OFF -DCAPAN_SHARED=OFF -DBUILD_TESTING=OFF)
  foreach(same CMAKE_BUILD_TYPE CMAKE_C_COMPILER CMAKE_C_COMPILER_LAUNCHER CMAKE_C_FLAGS CAPAN_HARDENING CAPAN_ZSTD
      CAPAN_SQLITE)
    list(APPEND options -D${same}=${${same}})
  endforeach()
  add_custom_command(OUTPUT ${profile}/complete
    COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR} -B ${first} -G ${CMAKE_GENERATOR} ${options}
    COMMAND ${CMAKE_COMMAND} --build ${first} --target train
    COMMAND ${CMAKE_COMMAND} -E touch ${profile}/complete
    COMMENT "Building for the first time, and reading captures" VERBATIM)
  add_custom_target(capan_training DEPENDS ${profile}/complete)
  add_dependencies(capan_warnings capan_training)
  # Who changes a function later has it without a profile: to learn anew, remove the folder.
  add_compile_options(-fprofile-use=${profile} -fprofile-prefix-path=${PROJECT_BINARY_DIR} -fprofile-partial-training
    -Wno-missing-profile -Wno-coverage-mismatch)
endif()
