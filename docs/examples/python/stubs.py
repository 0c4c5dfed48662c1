"""Asks a Tagma server through stubs that are made from the .proto files.

    python stubs.py --protos ../../../proto --out stubs \\
        127.0.0.1:7700 "frequency >= 3" --person phone:13800000001

Makes the stubs with grpcio-tools (once is enough; a project would commit or package them), then
counts an expression and everybody else (a tree, built from that of the expression), asks whether a
person is in it, and lists the tags. Prints one JSON object.
"""

import argparse
import json
import pathlib
import sys

import grpc
import grpc_tools
from grpc_tools import protoc


def make_stubs(protos, out):
    """Compiles every .proto file below a folder into Python modules below another one."""
    out.mkdir(parents=True, exist_ok=True)
    files = sorted(str(path.relative_to(protos)) for path in protos.glob("tagma/**/*.proto"))
    includes = [protos, pathlib.Path(grpc_tools.__file__).parent / "_proto"]
    flags = [f"--proto_path={path}" for path in includes]
    flags += [f"--python_out={out}", f"--grpc_python_out={out}"]
    if protoc.main(["protoc", *flags, *files]) != 0:
        sys.exit("the protos do not compile")


def ask(address, expr, person):
    """Counts, contains and tags."""
    from tagma.segment.v1 import expression_pb2 as expression
    from tagma.segment.v1 import segment_service_pb2 as segment
    from tagma.segment.v1 import segment_service_pb2_grpc as segment_grpc
    from tagma.tag.v1 import tag_service_pb2 as tag
    from tagma.tag.v1 import tag_service_pb2_grpc as tag_grpc

    with grpc.insecure_channel(address) as channel:
        segments = segment_grpc.SegmentServiceStub(channel)
        counted = segments.Count(segment.CountRequest(expr=expr), timeout=30)
        # A program builds trees, not text: here everybody else.
        given = segments.Parse(segment.ParseRequest(expr=expr), timeout=30).tree
        others = expression.Expression(operator=expression.SET_OPERATOR_NOT, operands=[given])
        counted_others = segments.Count(segment.CountRequest(tree=others), timeout=30)
        # At the same index, so that both answers speak of the same people.
        at = segment.ReadAt(log_index=counted.log_index, as_of_unix_us=counted.as_of_unix_us)
        request = segment.ContainsRequest(expr=expr, person=person, at=at)
        contained = segments.Contains(request, timeout=30)
        listed = tag_grpc.TagServiceStub(channel).List(tag.ListRequest(), timeout=30)
    return {
        "count": counted.count,
        "others": counted_others.count,
        "population": counted.population,
        "contains": contained.contains,
        "oneid": contained.oneid,
        "tags": {tag.name: tag.newest.rows for tag in listed.tags},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--protos", type=pathlib.Path, required=True, help="folder of the protos")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the stubs")
    parser.add_argument("address", help="host:port")
    parser.add_argument("expr", help="segment expression")
    parser.add_argument("--person", required=True, help="type:value or oneid:N")
    arguments = parser.parse_args()

    make_stubs(arguments.protos.resolve(), arguments.out)
    sys.path.insert(0, str(arguments.out.resolve()))
    print(json.dumps(ask(arguments.address, arguments.expr, arguments.person)))


if __name__ == "__main__":
    main()
