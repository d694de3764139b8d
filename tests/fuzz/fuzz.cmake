# SPDX-License-Identifier: MIT
# A fuzz target: with CAPAN_FUZZ a libFuzzer program, always tests that replay what is kept of it: the cases of its
# folder, which have names, and its corpus, which fuzz.py writes.
#
#   capan_fuzz(<name> <source> <folder of cases> [<internal include folders of core>...]
#     [LONGEST <octets of an input, 1024 unless said>] [SOURCES <files>...] [LIBRARIES <libraries>...]
#     [DEFINITIONS <definitions>...])
set(CAPAN_FUZZ_FOLDER ${CMAKE_CURRENT_LIST_DIR})

# The targets for fuzz.py: a line "name|program|folder of cases|longest input" for each.
file(WRITE ${PROJECT_BINARY_DIR}/fuzz-targets "")
add_custom_target(fuzz_targets)

function(capan_fuzz name source folder)
  cmake_parse_arguments(arg "" "LONGEST" "SOURCES;LIBRARIES;DEFINITIONS" ${ARGN})
  if(NOT arg_LONGEST)
    set(arg_LONGEST 1024)
  endif()
  file(GLOB cases CONFIGURE_DEPENDS ${folder}/*)
  add_executable(replay_${name} ${source} ${arg_SOURCES} ${CAPAN_FUZZ_FOLDER}/replay.c)
  set(targets replay_${name})
  if(CAPAN_FUZZ)
    add_executable(fuzz_${name} ${source} ${arg_SOURCES})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz_targets fuzz_${name})
    list(APPEND targets fuzz_${name})
    file(APPEND ${PROJECT_BINARY_DIR}/fuzz-targets
      "${name}|${CMAKE_CURRENT_BINARY_DIR}/fuzz_${name}|${folder}|${arg_LONGEST}\n")
  endif()
  foreach(target IN LISTS targets)
    capan_internal(${target} ${arg_UNPARSED_ARGUMENTS} ../tests/fuzz)
    target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
    target_compile_definitions(${target} PRIVATE ${arg_DEFINITIONS})
  endforeach()
  if(cases)
    add_test(NAME fuzz.${name} COMMAND replay_${name} ${cases})
  endif()
  if(EXISTS ${CAPAN_FUZZ_FOLDER}/corpora/${name}.tar.xz)
    add_test(NAME fuzz.corpus.${name} COMMAND Python3::Interpreter ${CAPAN_FUZZ_FOLDER}/fuzz.py replay
      ${CAPAN_FUZZ_FOLDER}/corpora/${name}.tar.xz $<TARGET_FILE:replay_${name}>)
  endif()
endfunction()
