# SPDX-License-Identifier: MIT
# The unit tests of a layer: each test_SUBJECT.c of this folder is the program LAYER_test_SUBJECT and the test LAYER.SUBJECT.
#
#   capan_unit_tests(<layer> <internal include folders of core>...)
# capan_internal(<target> <folders>...): it may include the headers of these folders of core.
function(capan_internal target)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/core/ OUTPUT_VARIABLE folders)
  target_include_directories(${target} PRIVATE ${folders} ${PROJECT_SOURCE_DIR}/tests/base)
  target_link_libraries(${target} PRIVATE capan::core capan_warnings)
endfunction()

function(capan_unit_tests layer)
  file(GLOB sources CONFIGURE_DEPENDS test_*.c)
  foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    string(REPLACE "test_" "" subject ${name})
    add_executable(${layer}_${name} ${source})
    capan_internal(${layer}_${name} ${ARGN})
    target_link_libraries(${layer}_${name} PRIVATE PkgConfig::CMOCKA)
    add_test(NAME ${layer}.${subject} COMMAND ${layer}_${name})
    set_tests_properties(${layer}.${subject} PROPERTIES LABELS unit)
  endforeach()
endfunction()
