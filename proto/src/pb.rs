//! Generated code, one module per proto package.

#![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]

macro_rules! package {
    ($area:ident, $name:literal) => {
        pub mod $area {
            pub mod v1 {
                tonic::include_proto!($name);
            }
        }
    };
}

package!(catalog, "tagma.catalog.v1");
package!(cluster, "tagma.cluster.v1");
package!(common, "tagma.common.v1");
package!(identity, "tagma.identity.v1");
package!(ingest, "tagma.ingest.v1");
package!(journal, "tagma.journal.v1");
package!(raft, "tagma.raft.v1");
package!(segment, "tagma.segment.v1");
package!(shard, "tagma.shard.v1");
package!(tag, "tagma.tag.v1");
