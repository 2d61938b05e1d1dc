import {
  changeProductLimit,
  type Context,
  createProduct,
  type Page,
  type Principal,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../http/caller.js';
import { Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { IfMatchOrNone, type Precondition } from '../http/precondition.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { LimitOperation } from './limit-operation.js';
import { LimitRequest } from './limit-request.js';
import { ProductRequest } from './catalog-requests.js';
import { ProductView, productView } from './catalog-views.js';
import { may } from '../http/access.js';
import { EVERYWHERE, SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('catalog')
@Controller('api/v1/products')
export class ProductsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Register a product',
    access: may('release', SOMEWHERE),
    answer: ProductView,
    versioned: true,
    status: 201,
  })
  async create(@Caller() caller: Principal, @Body() body: ProductRequest): Promise<ProductView> {
    return productView(accepted(await createProduct(this.context, caller, body)));
  }

  @Get()
  @Operation({
    summary: 'List products',
    access: may('view', SOMEWHERE),
    answer: ProductView,
    page: true,
  })
  async list(@Query() query: PageQuery): Promise<Page<ProductView>> {
    const page = await this.context.store.transact((unit) => unit.products.list(pageOf(query)));
    return mapPage(page, productView);
  }

  @Get(':name')
  @Operation({
    summary: 'Show a product',
    access: may('view', SOMEWHERE),
    answer: ProductView,
    versioned: true,
  })
  async get(@Param('name') name: string): Promise<ProductView> {
    const product = await this.context.store.transact((unit) => unit.products.get(name));
    return productView(
      found(product, 'catalog/product_not_found', `product ${JSON.stringify(name)}`),
    );
  }

  @Put(':name/limit')
  @LimitOperation(ProductView, EVERYWHERE)
  async limit(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() body: LimitRequest,
    @IfMatchOrNone() seen: Precondition,
  ): Promise<ProductView> {
    const limit = { ...body, ...seen, name };
    return productView(accepted(await changeProductLimit(this.context, caller, limit)));
  }
}
