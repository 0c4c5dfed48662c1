//! Disjoint sets (Galler and Fischer 1964, with path halving).

#[derive(Debug)]
pub(super) struct UnionFind {
    parents: Vec<u32>,
    sets: usize,
}

impl UnionFind {
    /// So many sets of one member.
    pub(super) fn new(members: usize) -> Self {
        Self {
            parents: (0..members as u32).collect(),
            sets: members,
        }
    }

    fn root(&mut self, member: usize) -> usize {
        let mut member = member as u32;
        while self.parents[member as usize] != member {
            let parent = self.parents[member as usize];
            self.parents[member as usize] = self.parents[parent as usize];
            member = self.parents[member as usize];
        }
        member as usize
    }

    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            let (older, newer) = (a.min(b), a.max(b));
            self.parents[newer] = older as u32;
            self.sets -= 1;
        }
    }

    pub(super) fn sets(&self) -> usize {
        self.sets
    }
}
