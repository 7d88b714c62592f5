use super::*;

/// Three elections, on a busy machine.
const SOON: Duration = Duration::from_secs(40);

#[test]
fn three_nodes_commit_without_one_of_them() {
    let mut cluster = Cluster::start(3).unwrap();
    cluster.roles(|members| members.iter().filter(|member| member.role == Role::Voter).count() == 3).unwrap();
    assert!(cluster.commits(SOON).unwrap());
    let leader = cluster.leader().unwrap();
    cluster.node(leader).unwrap().kill().unwrap();
    assert!(cluster.commits(SOON).unwrap());
    assert_ne!(cluster.leader().unwrap(), leader);
}
