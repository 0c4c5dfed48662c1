"""Asks a Tagma server without any of its files: services and messages come from the server itself.

    python reflect.py 127.0.0.1:7700 "frequency >= 3" --person phone:13800000001

Lists the services by reflection, builds message classes from the descriptors, then counts an
expression as text and as a tree, asks whether a person is in it, and lists the tags. Prints one
JSON object.
"""

import argparse
import json

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)


class Reflected:
    """Unary calls by name, in the words of the server's own descriptors."""

    def __init__(self, channel):
        self._channel = channel
        self._database = ProtoReflectionDescriptorDatabase(channel)
        self._pool = DescriptorPool(self._database)

    def services(self):
        """Full names of all services."""
        return sorted(self._database.get_services())

    def call(self, service, method, timeout=30, **fields):
        """The answer to one call; the fields are those of the request."""
        described = self._pool.FindServiceByName(service).methods_by_name[method]
        request = GetMessageClass(described.input_type)
        response = GetMessageClass(described.output_type)
        ask = self._channel.unary_unary(
            f"/{service}/{method}",
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )
        return ask(request(**fields), timeout=timeout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="host:port")
    parser.add_argument("expr", help="segment expression")
    parser.add_argument("--person", required=True, help="type:value or oneid:N")
    arguments = parser.parse_args()

    segments = "tagma.segment.v1.SegmentService"
    with grpc.insecure_channel(arguments.address) as channel:
        server = Reflected(channel)
        counted = server.call(segments, "Count", expr=arguments.expr)
        # The same as a tree, which a program can take apart or put together.
        parsed = server.call(segments, "Parse", expr=arguments.expr)
        if parsed.HasField("error"):
            raise SystemExit(parsed.error.message)
        by_tree = server.call(segments, "Count", tree=parsed.tree)
        # At the same index, so that both answers speak of the same people.
        contained = server.call(
            segments,
            "Contains",
            expr=arguments.expr,
            person=arguments.person,
            at={"log_index": counted.log_index, "as_of_unix_us": counted.as_of_unix_us},
        )
        listed = server.call("tagma.tag.v1.TagService", "List")
        answer = {
            "services": server.services(),
            "count": counted.count,
            "count_by_tree": by_tree.count,
            "population": counted.population,
            "contains": contained.contains,
            "oneid": contained.oneid,
            "tags": {tag.name: tag.newest.rows for tag in listed.tags},
        }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
