//! Shops and the price list: reference data, the same in every world.

use arrow::error::ArrowError;

use crate::demo::{
    places::Shop,
    projects::PROJECTS,
    tables::{Block, Cell, Column, FileFormat, Layout, Rows},
};

const SHOPS: Layout = Layout {
    columns: &[
        Column::text("store_id"),
        Column::text("store_name"),
        Column::text("city"),
        Column::text("city_tier"),
        Column::text("province"),
        Column::date("opened_on"),
    ],
};

const PRICES: Layout = Layout {
    columns: &[
        Column::text("project_code"),
        Column::text("project"),
        Column::text("category"),
        Column::money("list_price"),
        Column::int("cycle_days"),
    ],
};

/// All shops of the chain.
pub(crate) fn shops(format: FileFormat) -> (Layout, Result<Block, ArrowError>) {
    let mut rows = Rows::new(SHOPS, format);
    for (position, shop) in (0i64..).zip(Shop::all()) {
        let city = shop.city();
        let (id, name) = (shop.id(), format!("{}{}店", city.name, shop.number));
        let cells = [
            Cell::Text(&id),
            Cell::Text(&name),
            Cell::Text(city.name),
            Cell::Text(city.tier),
            Cell::Text(city.province),
            Cell::Date(shop.opened()),
        ];
        rows.push(position, &cells);
    }
    (SHOPS, rows.finish())
}

/// The price list.
pub(crate) fn projects(format: FileFormat) -> (Layout, Result<Block, ArrowError>) {
    let mut rows = Rows::new(PRICES, format);
    for (position, project) in (0i64..).zip(&PROJECTS) {
        let cells = [
            Cell::Text(project.code),
            Cell::Text(project.name),
            Cell::Text(project.category),
            Cell::Money(project.price * 100),
            Cell::Int(i64::from(project.cycle_days)),
        ];
        rows.push(position, &cells);
    }
    (PRICES, rows.finish())
}
