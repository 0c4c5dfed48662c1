//! Expressions as trees: every question takes them, and answers as it does for their text.

use anyhow::{Context, Result, bail};
use tagma_proto::{
    channel::{GrpcChannel, connect},
    pb::{
        catalog::v1::{
            ApplyRequest, ListSegmentsRequest, SegmentDocument,
            catalog_service_client::CatalogServiceClient,
        },
        segment::v1::{
            ContainsRequest, CountRequest, ExplainRequest, Expression, MembersRequest,
            ParseRequest, PrintRequest, ReadAt, Scalar, SetOperator, SyntaxError, expression,
            parse_response::Outcome, scalar, segment_service_client::SegmentServiceClient,
        },
    },
};
use tagma_tests::harness::Server;
use tonic::Code;

use crate::shop::{EXPRESSIONS, Expected, define};

type Segments = SegmentServiceClient<GrpcChannel>;

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_is_answered_as_its_text_is() -> Result<()> {
    let server = Server::start()?;
    define(server.client(), server.folder())?;
    let channel = connect(server.client().endpoint())?;
    let mut segments = SegmentServiceClient::new(channel.clone());
    for (text, count) in Expected::after(0).counts() {
        questions(&mut segments, text, count).await?;
    }
    wrong_texts(&mut segments).await?;
    wrong_trees(&mut segments).await?;
    saved(&mut segments, channel).await
}

/// Text → tree → text, and all questions about the tree.
async fn questions(segments: &mut Segments, text: &str, count: u64) -> Result<()> {
    let (tree, normalized) = parsed(segments, text).await?;
    let expr = printed(segments, tree.clone()).await?;
    assert_eq!(expr, normalized, "{text}");
    assert_eq!(parsed(segments, &expr).await?.0, tree, "{text}");
    let counted = CountRequest {
        expression: Some(tree.clone().into()),
        ..CountRequest::default()
    };
    let counted = segments.count(counted).await?.into_inner();
    assert_eq!(counted.count, count, "{text}");
    let members = MembersRequest {
        expression: Some(tree.clone().into()),
        ..MembersRequest::default()
    };
    let head = segments
        .members(members)
        .await?
        .into_inner()
        .message()
        .await?;
    assert_eq!(head.context("no members")?.count, count, "{text}");
    let person = "email:p1@example.com".to_owned();
    let by = |expression| ContainsRequest {
        expression: Some(expression),
        person: person.clone(),
        at: None,
    };
    let by_tree = segments
        .contains(by(tree.clone().into()))
        .await?
        .into_inner();
    let by_text = segments
        .contains(by(text.to_owned().into()))
        .await?
        .into_inner();
    assert_eq!(by_tree.contains, by_text.contains, "{text}");
    let explained = ExplainRequest {
        expression: Some(tree.into()),
        person,
        at: None,
    };
    let explained = segments.explain(explained).await?.into_inner();
    assert_eq!(explained.normalized, normalized, "{text}");
    assert_eq!(explained.contains, by_text.contains, "{text}");
    Ok(())
}

async fn parsed(segments: &mut Segments, text: &str) -> Result<(Expression, String)> {
    let expr = text.to_owned();
    let parsed = segments.parse(ParseRequest { expr }).await?.into_inner();
    match parsed.outcome {
        Some(Outcome::Tree(tree)) => Ok((tree, parsed.normalized)),
        other => bail!("{text}: {other:?}"),
    }
}

async fn printed(segments: &mut Segments, tree: Expression) -> Result<String> {
    let request = PrintRequest { tree: Some(tree) };
    Ok(segments.print(request).await?.into_inner().expr)
}

/// A text that is wrong is an answer, with the place, and no failure of the call.
async fn wrong_texts(segments: &mut Segments) -> Result<()> {
    let expr = "city = '上海' AND\n  total == 3".to_owned();
    let parsed = segments.parse(ParseRequest { expr }).await?.into_inner();
    let problem = "`==` stands where the end of the expression belongs";
    let expected = SyntaxError {
        message: format!("line 2, column 9: {problem} (at `== 3`); equality is written `=`"),
        problem: problem.to_owned(),
        hint: "equality is written `=`".to_owned(),
        line: 2,
        column: 9,
        offset_bytes: 28,
        near: "== 3".to_owned(),
    };
    assert_eq!(parsed.outcome, Some(Outcome::Error(expected)));
    assert_eq!(parsed.normalized, "");
    Ok(())
}

async fn wrong_trees(segments: &mut Segments) -> Result<()> {
    let operator = |number| Expression {
        kind: Some(expression::Kind::Operator(number)),
        operands: Vec::new(),
    };
    let tag = Expression {
        kind: Some(expression::Kind::Leaf(Scalar {
            kind: Some(scalar::Kind::Tag("totl".to_owned())),
            operands: Vec::new(),
        })),
        operands: Vec::new(),
    };
    let deep = (0..70).fold(operator(1), |inner, _| Expression {
        kind: Some(expression::Kind::Operator(SetOperator::Not.into())),
        operands: vec![inner],
    });
    let cases = [
        (operator(0), "tree: `operator` is unspecified"),
        (
            operator(99),
            "tree: `operator` is 99, which this server does not know",
        ),
        (Expression::default(), "tree: `kind` is not set"),
        (deep, "nested 71 levels deep, the limit is 64"),
        (tag, "there is no tag `totl`; did you mean `total`?"),
    ];
    for (tree, told) in cases {
        refused(segments, Some(tree), told).await?;
    }
    refused(
        segments,
        None,
        "there is no expression: set `expr` or `tree`",
    )
    .await
}

async fn refused(segments: &mut Segments, tree: Option<Expression>, told: &str) -> Result<()> {
    let request = CountRequest {
        expression: tree.map(Into::into),
        ..CountRequest::default()
    };
    let Err(status) = segments.count(request).await else {
        bail!("counted, not: {told}");
    };
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert!(status.message().contains(told), "{status:?}");
    Ok(())
}

/// A segment that is saved as a tree is listed and counted like any other.
async fn saved(segments: &mut Segments, channel: GrpcChannel) -> Result<()> {
    let (text, _) = EXPRESSIONS[6];
    let (_, count) = Expected::after(0).counts()[6];
    let (tree, normalized) = parsed(segments, text).await?;
    let mut catalog = CatalogServiceClient::new(channel);
    let document = SegmentDocument {
        name: "from_tree".to_owned(),
        expression: Some(tree.clone().into()),
        timezone: "Asia/Shanghai".to_owned(),
        ..SegmentDocument::default()
    };
    let apply = |document| ApplyRequest {
        segments: vec![document],
        ..ApplyRequest::default()
    };
    let applied = catalog.apply(apply(document.clone())).await?.into_inner();
    assert_eq!(applied.changes.len(), 1, "{applied:?}");
    let listed = catalog
        .list_segments(ListSegmentsRequest {})
        .await?
        .into_inner();
    let segment = listed.segments.iter().find(|one| one.name == "from_tree");
    let segment = segment.context("not listed")?;
    assert_eq!(segment.expr, normalized);
    assert_eq!(segment.tree, Some(tree));
    assert_eq!(segment.timezone, "Asia/Shanghai");
    let at = ReadAt {
        at_least: Some(applied.log_index),
        ..ReadAt::default()
    };
    let counted = CountRequest {
        expression: Some("segment('from_tree')".to_owned().into()),
        at: Some(at),
        waterfall: false,
    };
    assert_eq!(segments.count(counted).await?.into_inner().count, count);
    let wrong = SegmentDocument {
        timezone: "Moon/Crater".to_owned(),
        ..document
    };
    let Err(status) = catalog.apply(apply(wrong)).await else {
        bail!("a zone that does not exist was taken");
    };
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert!(
        status.message().contains("segment `from_tree`: "),
        "{status:?}"
    );
    Ok(())
}
